/** Breaks text at spaces so that no line is longer than `width`, unless a single word is. */
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

/** Columns of a terminal between two tab stops. */
const tabStop = 8;

/** Lays out terms and their explanations in two columns with tabs between them, one line each, as Go's tabwriter does. */
export function tabbedColumns(rows: readonly (readonly [string, string])[], indent: number): string[] {
  const cells = rows.map(([left, right]) => [' '.repeat(indent) + left, right] as const);
  const width = Math.ceil((Math.max(0, ...cells.map(([left]) => left.length)) + 1) / tabStop);
  return cells.map(([left, right]) => left + '\t'.repeat(width - Math.floor(left.length / tabStop)) + right);
}

export interface ColumnOptions {
  /** Spaces before each line. */
  readonly indent: number;
  /** Columns of a line. */
  readonly width: number;
  /** A term longer than this has its explanation on the next line. */
  readonly widest: number;
}

/** Lays out terms on the left and their explanations on the right, wrapped to `width` columns in all. */
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
