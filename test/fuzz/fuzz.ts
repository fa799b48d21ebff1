import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { scratch } from '../helpers/scratch.js';
import type { Fault, Report, Work } from './process.js';
import type { Target } from './target.js';
import { targets } from './targets/all.js';

export interface FuzzRequest {
  readonly seed: number;
  /** Inputs of all targets together. */
  readonly count: number;
  /** One target alone. */
  readonly target?: string | undefined;
  /** The number of the first input. */
  readonly from?: number;
  readonly print: (line: string) => void;
}

/** Milliseconds for the start, and for one input, until it counts as endless; a busy computer may be slow. */
const endless = 120_000;
/** MiB of the process's own values; more ends it. */
const heap = 200;

/**
 * Gives every target its share of inputs, one target after the other, each in a process of its own, which is ended when an input does not end.
 * @returns the faults, which are printed too
 */
export async function fuzz({ seed, count, target: only, from = 0, print }: FuzzRequest): Promise<Fault[]> {
  const chosen = only === undefined ? targets : targets.filter(({ name }) => name === only);
  if (chosen.length === 0)
    throw new RangeError(`There is no target "${only ?? ''}". Targets: ${targets.map(({ name }) => name).join(', ')}`);
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  print(`seed ${seed}, ${count} inputs`);
  print('target        inputs   refused    per second   slowest (input)         memory   faults');
  const faults: Fault[] = [];
  for (const target of chosen) {
    const inputs = Math.max(1, Math.round((count * target.share) / shares));
    const found = await fuzzTarget(target, { seed, from, to: from + inputs }, print);
    for (const { index, what } of found)
      print(`FAULT    npm run fuzz -- --seed ${seed} --target ${target.name} --from ${index} --count 1\n  ${what}`);
    faults.push(...found);
  }
  print(faults.length === 0 ? 'no faults' : `${faults.length} faults`);
  return faults;
}

type Range = Pick<Work, 'seed' | 'from' | 'to'>;

async function fuzzTarget({ name }: Target, range: Range, print: (line: string) => void): Promise<readonly Fault[]> {
  const started = performance.now();
  const { faults, refused, slowest, memory, done } = await report({ target: name, ...range, position: join(scratch(), 'position') });
  const rate = (done / (performance.now() - started)) * 1000;
  const columns = [
    ...[name.padEnd(12), String(done).padStart(8), `${Math.round((refused / done) * 100)} %`.padStart(9), rate.toFixed(0).padStart(13)],
    ...[`${slowest.ms.toFixed(0)} ms (${slowest.index})`.padStart(19), `${Math.round(memory / 2 ** 20)} MiB`.padStart(13)],
    String(faults.length).padStart(8),
  ];
  print(columns.join(' '));
  return faults;
}

function report(work: Work): Promise<Report> {
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx', `--max-old-space-size=${heap}`],
  });
  child.send(work);
  return new Promise((resolve) => {
    let [last, since] = [-1, performance.now()];
    const end = (found: Report) => {
      clearInterval(watch);
      resolve(found);
    };
    const fail = (what: string) => {
      const index = positionIn(work);
      end({
        faults: [{ index, what }],
        refused: 0,
        slowest: { ms: performance.now() - since, index },
        memory: 0,
        done: index - work.from + 1,
      });
    };
    const watch = setInterval(() => {
      const now = positionIn(work);
      if (now !== last) [last, since] = [now, performance.now()];
      else if (performance.now() - since > endless) {
        child.kill('SIGKILL');
        fail(`has not ended after ${endless / 1000} s`);
      }
    }, 500);
    child.once('message', (found: Report) => {
      end(found);
    });
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('exit', (status, signal) => {
      fail(`ended the process (${signal ?? status ?? ''})`);
    });
  });
}

/** The input that is, or was, being worked on. */
function positionIn({ position, from }: Work): number {
  const bytes = existsSync(position) ? readFileSync(position) : Buffer.alloc(0);
  return bytes.length < 4 ? from : bytes.readUInt32LE();
}
