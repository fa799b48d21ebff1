/** Control characters except tab and line end, and the characters that hide or reorder the text around them. */
const unseen = /(?![\t\n])\p{Cc}|[\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The text with every character that a terminal would obey instead of showing written out, as in `\u001b`. Whatever an engine, a host, a
 * file or a program says comes through here before anybody sees it. JSON stays JSON with the same value.
 */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
