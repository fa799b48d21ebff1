import pLimit from 'p-limit';

/** Runs what it is given, at most `most` at once, the others in the order they came. */
export function atMost(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  return pLimit(most);
}
