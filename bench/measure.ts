import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../bin/run.js', import.meta.url));

export interface Cost {
  /** Seconds of wall clock. */
  readonly wall: number;
  /** Seconds of processor time, of the process and of the children it waited for. */
  readonly cpu: number;
}

/** Runs one command as a process of its own; bash's `time` asks the kernel what it cost. Fails if the exit status is not one of `ok`. */
export function cost(command: readonly string[], env: NodeJS.ProcessEnv = {}, ok: readonly number[] = [0]): Promise<Cost> {
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const script = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&3; } 2>&4';
    const child = spawn('bash', ['-c', script, 'bash', ...command], {
      env: { ...inherited, SHELL: '/bin/bash', ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'],
    });
    const texts = { talk: '', time: '' };
    child.stdio[3]?.on('data', (data: Buffer) => {
      texts.talk += data.toString();
    });
    child.stdio[4]?.on('data', (data: Buffer) => {
      texts.time += data.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === null || !ok.includes(code)) {
        reject(new Error(`${command.join(' ')} ended with ${code ?? 'a signal'}\n${texts.talk}`));
        return;
      }
      const [wall = 0, user = 0, system = 0] = texts.time.trim().split(/\s+/).map(Number);
      resolve({ wall, cpu: user + system });
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return sorted.length % 2 === 1 ? middle : (middle + (sorted[sorted.length / 2 - 1] ?? NaN)) / 2;
}

/** Runs the commands in turn, so that changes of the computer's speed affect all of them, and takes the median of each. */
export async function inTurn<K extends string>(
  rounds: number,
  commands: Readonly<Record<K, () => Promise<Cost>>>,
): Promise<Record<K, Cost>> {
  const keys = Object.keys(commands) as K[];
  const seen = Object.fromEntries(keys.map((key) => [key, [] as Cost[]])) as Record<K, Cost[]>;
  for (const key of keys) await commands[key]();
  for (let round = 0; round < rounds; round++) {
    for (const key of keys) seen[key].push(await commands[key]());
  }
  return Object.fromEntries(
    keys.map((key) => [
      key,
      {
        wall: median(seen[key].map((one) => one.wall)),
        cpu: median(seen[key].map((one) => one.cpu)),
      },
    ]),
  ) as Record<K, Cost>;
}
