/** Least width of a column and blanks after its longest cell: what Docker Machine's tabwriter is set to (spec 2.9). */
const leastWidth = 5;
const usualPadding = 3;

/**
 * Columns padded with blanks, as Go's tabwriter does it: the last cell of a row stays as it is and widens no column, and a column is as
 * wide as its widest cell in the rows that follow each other and all have more cells behind it.
 * @param padding blanks between two columns, where many have to fit
 */
export function table(rows: readonly (readonly string[])[], padding = usualPadding): string {
  const widths: number[][] = rows.map(() => []);
  rows.forEach((row, i) => {
    for (let column = 0; column < row.length - 1; column++) {
      if (widths[i]?.[column] !== undefined) continue;
      const block = rowsFrom(rows, i, column);
      const widest = Math.max(leastWidth, ...block.map((cells) => width(cells[column] ?? '') + padding));
      block.forEach((_, offset) => {
        widths[i + offset]?.splice(column, 1, widest);
      });
    }
  });
  return rows.map((row, i) => row.map((cell, column) => pad(cell, widths[i]?.[column] ?? 0)).join('')).join('\n');
}

/** The rows from `first` on that have another cell behind this column. */
function rowsFrom(rows: readonly (readonly string[])[], first: number, column: number): readonly (readonly string[])[] {
  const end = rows.findIndex((row, i) => i > first && row.length <= column + 1);
  return rows.slice(first, end < 0 ? undefined : end);
}

function pad(cell: string, to: number): string {
  return cell + ' '.repeat(Math.max(to - width(cell), 0));
}

function width(cell: string): number {
  return Array.from(cell).length;
}
