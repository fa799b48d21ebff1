import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import './state-dir.js';

export const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds of wall clock. */
  readonly seconds: number;
}

export interface CliOptions {
  readonly store: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** A link to the program, called as a command of its own: `docker-machine`, as its scripts do. */
  readonly link?: string;
  /** What runs the program and becomes it: `unshare -m sh -c '...; exec "$@"' sh`. */
  readonly inside?: readonly string[];
  /** Called with the process, to signal it. */
  readonly onStart?: (pid: number) => void;
}

/** Runs the built command line as a process of its own and resolves when it has ended, whatever its status. */
export function tsmachine(
  args: readonly string[],
  { store, env = {}, input = '', link, inside = [], onStart }: CliOptions,
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
    const [file = '', ...words] = [...inside, ...(link === undefined ? [process.execPath, program] : [link]), ...args];
    const child = spawn(file, words, { env: { ...inherited, MACHINE_STORAGE_PATH: store, SHELL: '/bin/bash', ...env } });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      out.stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, ...out, seconds: (performance.now() - started) / 1000 });
    });
    if (child.pid !== undefined) onStart?.(child.pid);
    child.stdin.end(input);
  });
}

/** As `tsmachine`, for calls that must succeed: the error holds everything the call printed. */
export async function succeed(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const result = await tsmachine(args, options);
  if (result.code !== 0)
    throw new Error(
      `${options.link ?? 'tsmachine'} ${args.join(' ')} ended with ${result.code ?? result.signal ?? '?'}\n${result.stdout}${result.stderr}`,
    );
  return result;
}
