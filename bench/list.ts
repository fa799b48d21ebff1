import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cost, median, program } from './measure.js';
import { atMost, type Row } from './report.js';
import { closedPort, fillStore, silentPort } from './store.js';

/** `ls` of machines whose engines do not answer: this measures the store and the waiting, not an engine. */
export async function list(dockerMachine: string | undefined): Promise<Row[]> {
  const closed = await closedPort();
  const rows: Row[] = [];
  for (const [count, bar] of [
    [100, 0.6],
    [1000, 2],
  ] as const) {
    rows.push(
      await inStore(
        count,
        () => closed,
        async (root) => {
          const theirs = dockerMachine === undefined || count > 500 ? undefined : await time(root, [dockerMachine, 'ls']);
          return atMost(`ls of ${count} machines`, await time(root, [process.execPath, program, 'ls']), bar, 's', theirs);
        },
      ),
    );
  }
  return [...rows, await unreachable(closed)];
}

/** Every twentieth machine accepts the connection and never answers: together they cost the timeout once, not fifty times. */
async function unreachable(closed: number): Promise<Row> {
  const silent = await silentPort();
  try {
    return await inStore(
      1000,
      (i) => (i % 20 === 0 ? silent.port : closed),
      async (root) =>
        atMost('ls -t 2 of 1000 machines, 50 of them unreachable', await time(root, [process.execPath, program, 'ls', '-t', '2']), 4, 's'),
    );
  } finally {
    await silent.close();
  }
}

async function inStore(count: number, portOf: (index: number) => number, measure: (root: string) => Promise<Row>): Promise<Row> {
  const root = await mkdtemp(join(tmpdir(), 'tsmachine-bench-'));
  try {
    await fillStore(root, count, portOf);
    return await measure(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** The median of three runs in seconds; one run before them warms the disk's cache. */
async function time(root: string, command: readonly string[]): Promise<number> {
  const runs = [];
  for (let i = 0; i < 4; i++) runs.push((await cost(command, { MACHINE_STORAGE_PATH: root })).wall);
  return median(runs.slice(1));
}
