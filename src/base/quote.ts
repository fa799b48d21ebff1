/**
 * Quotes words for a POSIX shell and joins them with blanks. Every word becomes one argument, whatever it holds.
 * @throws RangeError for a NUL byte, which no argument can carry.
 */
export function quote(...words: string[]): string {
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (word.includes('\0')) throw new RangeError('A shell word cannot hold a NUL byte');
  if (/^[A-Za-z0-9_@%+:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
