/** An answer that begins with y or Y; everything else, also none at all, is no (spec 2.10). */
export function isYes(answer: string | undefined): boolean {
  return /^y/i.test(answer ?? '');
}
