/** Least width of a column and blanks after its longest cell: what Docker Machine's tabwriter is set to (spec 2.9). */
const leastWidth = 5;
const padding = 3;

/** Columns padded with blanks; the last one is left as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => { widths[i] = Math.max(widths[i] ?? leastWidth, width(cell) + padding); });
  }
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : pad(cell, widths[i] ?? 0))).join('')).join('\n');
}

function pad(cell: string, to: number): string {
  return cell + ' '.repeat(to - width(cell));
}

function width(cell: string): number {
  return Array.from(cell).length;
}
