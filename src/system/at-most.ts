import pLimit from 'p-limit';

/** A function that runs work, at most `most` at once; the rest waits in the order it came. */
export function atMost(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  return pLimit(most);
}
