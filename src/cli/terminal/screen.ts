import type { WriteStream } from 'node:tty';

/** The streams of a command line, and what is known about the terminal behind them. */
export interface Screen {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly stdin: NodeJS.ReadStream;
  /** True where lines may be rewritten: a terminal, not dumb, not a CI log. */
  readonly live: boolean;
  /** Columns of the terminal right now. */
  columns(): number;
  rows(): number;
}

/** The process's own streams. A reader that went away (`| head -1`) ends the output, not the work. */
export function processScreen(env: NodeJS.ProcessEnv): Screen {
  const { stdout, stderr, stdin } = process;
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe);
  return {
    stdout,
    stderr,
    stdin,
    live: stderr.isTTY && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '',
    columns: () => sized(stderr).columns || 80,
    rows: () => sized(stderr).rows || 24,
  };
}

function sized(stream: WriteStream): { columns: number | undefined; rows: number | undefined } {
  return stream; // both are missing when the stream is not a terminal, whatever its type says
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
