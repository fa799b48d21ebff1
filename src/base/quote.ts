/**
 * Quotes words for a POSIX shell and joins them with spaces. Every word becomes one argument, whatever it contains.
 * A word that is safe as it is stays unquoted; `a=b` is not, because as the first word it would be an assignment.
 * @throws RangeError for a NUL byte, which no argument can carry.
 */
export function quote(...words: string[]): string {
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (word.includes('\0')) throw new RangeError('A shell word cannot contain a NUL byte');
  if (/^([\w@%+:,./-]+|-[\w@%+=:,./-]*)$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
