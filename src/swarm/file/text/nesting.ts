import { Lexer } from 'yaml';

/** Levels; what people write has ten. */
const mostOpen = 100;
/** Block collections that begin in one line, as in `- - - a`. */
const mostInLine = 50;
/** Blanks before the first word of a line: every level of blocks needs one, or two levels share it. */
const widestIndent = 100;

/**
 * Where a text nests values so deeply that composing them, which recurses, could use up the stack; the process may then end instead of
 * throwing. A pass over the words of the text, without recursion.
 * @returns the offset of the word that is too much; undefined for a text that can be composed
 */
export function tooDeepAt(text: string): number | undefined {
  let [offset, open, inLine, atLineStart, inScalar] = [0, 0, 0, true, false];
  for (const word of new Lexer().lex(text)) {
    const indent = atLineStart && word.startsWith(' ') ? word.length : 0;
    if (inScalar) inScalar = false;
    else if (word === scalarAhead) inScalar = true;
    else if (word === '[' || word === '{') open++;
    else if (word === ']' || word === '}') open--;
    else if (word === flowBroken) open = 0;
    else if (open === 0 && (word === '-' || word === '?' || word === ':')) inLine++;
    else if (word === '\n' || word === '\r\n') inLine = 0;
    if (open > mostOpen || inLine > mostInLine || indent > widestIndent) return offset;
    atLineStart = word.endsWith('\n');
    if (!marks.has(word)) offset += word.length;
  }
  return undefined;
}

/**
 * Words of the lexer that stand for no character of the text: the next word is a scalar; a wrong indent ends all [ and {; a document
 * begins.
 */
const scalarAhead = '\x1f';
const flowBroken = '\x18';
const marks = new Set([scalarAhead, flowBroken, '\x02']);
