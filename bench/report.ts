import { cpus, release, totalmem } from 'node:os';

export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly bar: string;
  readonly held: boolean;
  /** The same work by Docker Machine in this run. */
  readonly dockerMachine?: string;
}

export function atMost(what: string, measured: number, bar: number, unit: string, dockerMachine?: number): Row {
  const text = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`;
  return {
    what,
    measured: text(measured),
    bar: `<= ${bar} ${unit}`,
    held: measured <= bar,
    ...(dockerMachine === undefined ? {} : { dockerMachine: text(dockerMachine) }),
  };
}

/** As `atMost`, for values of which more is better. */
export function atLeast(what: string, measured: number, bar: number, unit: string): Row {
  return { what, measured: `${measured.toFixed(2)} ${unit}`, bar: `>= ${bar} ${unit}`, held: measured >= bar };
}

export function computer(): string {
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'processor'}, ${gib} GiB, Linux ${release()}, Node ${process.version}`;
}

export function print(rows: readonly Row[], withDockerMachine: boolean): void {
  const head = ['what', 'measured', 'bar', 'held', ...(withDockerMachine ? ['Docker Machine'] : [])];
  const cells = rows.map((row) => [
    row.what,
    row.measured,
    row.bar,
    row.held ? 'yes' : 'NO',
    ...(withDockerMachine ? [row.dockerMachine ?? '-'] : []),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)));
  const line = (texts: readonly string[]) => `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  console.log([line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n'));
}
