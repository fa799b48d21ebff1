import type { WriteStream } from 'node:tty';

/** The streams of a command line, and the properties of its terminal. */
export interface Screen {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly stdin: NodeJS.ReadStream;
  /** True where lines may be rewritten: a terminal, not dumb, not a CI log. */
  readonly live: boolean;
  /** The current width of the terminal. */
  columns(): number;
  rows(): number;
}

/** The streams of this process. A reader that closes its end (`| head -1`) ends the output, not the work. */
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
  return stream; // its type says otherwise, but both are missing when the stream is not a terminal
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
