import { createHash } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';

import { TsmachineError } from '../../src/base/errors.js';
import { Chance } from './mutation.js';
import { targets } from './targets/all.js';

/** What the process is told, and what it answers. */
export interface Work {
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** A file that always has the number of the input being worked on, in four bytes. */
  readonly position: string;
}
export interface Report {
  readonly faults: readonly Fault[];
  readonly refused: number;
  /** The slowest input: milliseconds of processor time, and its number. */
  readonly slowest: { readonly ms: number; readonly index: number };
  /** Bytes of memory of the process, at most. */
  readonly memory: number;
  /** How many inputs were taken. */
  readonly done: number;
}
export interface Fault {
  readonly index: number;
  readonly what: string;
}

/** After so many faults a target is left: they tend to be one and the same. */
const mostFaults = 20;
/** Milliseconds of processor time, which other programs do not change; the bound for each input. */
const slow = 2000;

process.once('message', (work: Work) => {
  void fuzz(work).then((report) => process.send?.(report, () => process.disconnect()));
});

async function fuzz({ target: name, seed, from, to, position }: Work): Promise<Report> {
  const target = targets.find((one) => one.name === name);
  if (target === undefined) throw new RangeError(`There is no target ${name}`);
  const opened = await target.open();
  const file = openSync(position, 'w');
  const number = Buffer.alloc(4);
  const faults: Fault[] = [];
  let [refused, memory, slowest, done] = [0, 0, { ms: 0, index: from }, 0];
  for (let index = from; index < to && faults.length < mostFaults; index++, done++) {
    number.writeUInt32LE(index);
    writeSync(file, number, 0, 4, 0);
    const input = opened.make(new Chance(seedOf(seed, name, index)));
    const before = process.cpuUsage();
    try {
      await opened.take(input);
    } catch (error) {
      if (TsmachineError.is(error)) refused++;
      else faults.push({ index, what: `${textOf(error)}\n  input: ${shown(input)}` });
    }
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    if (ms > slowest.ms) slowest = { ms, index };
    if (ms > slow) faults.push({ index, what: `took ${Math.round(ms)} ms of processor time\n  input: ${shown(input)}` });
    if (ms > 20 || index % 100 === 0) memory = Math.max(memory, process.memoryUsage.rss());
    if (index % 1000 === 999 || index === to - 1) checked(index);
  }
  return { faults, refused, slowest, memory, done };

  function checked(index: number): void {
    try {
      opened.check?.();
    } catch (error) {
      faults.push({ index, what: `at or before this input: ${textOf(error)}` });
    }
  }
}

/** A seed for one input, so that it can be made again without those before it. */
function seedOf(seed: number, target: string, index: number): number {
  return createHash('sha256').update(`${seed} ${target} ${index}`).digest().readUInt32LE();
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 8).join('\n') : String(error);
}

function shown(input: string | Buffer): string {
  const text = JSON.stringify(typeof input === 'string' ? input : input.toString('latin1'));
  return text.length > 600 ? `${text.slice(0, 600)}... (${text.length} characters)` : text;
}
