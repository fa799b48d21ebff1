/**
 * Waits until all have ended: nothing is still under way when a failure is told.
 * @throws the failure of the one that comes first in the list, whichever was the first in time
 */
export async function together<T extends readonly unknown[]>(work: { readonly [I in keyof T]: Promise<T[I]> }): Promise<T> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return Promise.all(work);
}
