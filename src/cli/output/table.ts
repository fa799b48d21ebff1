/** The smallest width of a column, and the spaces after its longest cell: the settings of Docker Machine's tabwriter. */
const leastWidth = 5;
const usualPadding = 3;

/**
 * Pads columns with spaces as Go's tabwriter does: the last cell of a row is not padded and does not widen its column, and a column
 * is as wide as its widest cell in consecutive rows that have more cells after it.
 * A cell is one line, whatever it holds: what an engine says must not look like another row.
 * @param padding spaces between two columns
 */
export function table(given: readonly (readonly string[])[], padding = usualPadding): string {
  const rows = given.map((row) => row.map(oneLine));
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

/** The consecutive rows from `first` on that have another cell after this column. */
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

function oneLine(cell: string): string {
  return cell.replace(/\s*[\r\n]+\s*|\t/g, ' ');
}
