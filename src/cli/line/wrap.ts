/** Breaks text at blanks so that no line is longer than `width`, unless one word is. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

export interface ColumnOptions {
  /** Blanks before each line. */
  readonly indent: number;
  /** Columns of the whole. */
  readonly width: number;
  /** The longest term that still has its explanation beside it. */
  readonly widest: number;
}

/** Two columns: terms left, explanations right, wrapped to `width` columns in all. A long term has its explanation below it. */
export function twoColumns(rows: readonly (readonly [string, string])[], options: ColumnOptions): string[] {
  const { indent, width, widest } = options;
  const term = Math.min(widest, Math.max(0, ...rows.map(([left]) => left.length).filter((length) => length <= widest)));
  const margin = indent + term + 2;
  return rows.flatMap(([left, right]) => {
    const [first = '', ...more] = wrap(right, width - margin);
    const head = ' '.repeat(indent) + left;
    const rest = more.map((line) => ' '.repeat(margin) + line);
    return left.length > term ? [head, ' '.repeat(margin) + first, ...rest] : [(head.padEnd(margin) + first).trimEnd(), ...rest];
  });
}
