import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cost, inTurn, program } from './measure.js';
import { atMost, type Row } from './report.js';

/** The start of frequent commands, as a multiple of an empty Node. */
export async function startup(dockerMachine: string | undefined): Promise<Row[]> {
  const store = await mkdtemp(join(tmpdir(), 'tsmachine-bench-'));
  try {
    const env = { MACHINE_STORAGE_PATH: store };
    const ours =
      (...args: string[]) =>
      () =>
        cost([process.execPath, program, ...args], env);
    const theirs = (...args: string[]) =>
      dockerMachine === undefined ? {} : { [`dm ${args[0] ?? ''}`]: () => cost([dockerMachine, ...args], env) };
    const times: Record<string, { wall: number }> = await inTurn(15, {
      node: () => cost([process.execPath, '-e', '0']),
      version: ours('version'),
      'env -u': ours('env', '-u'),
      ls: ours('ls'),
      ...theirs('version'),
      ...theirs('ls'),
    });
    const node = times['node']?.wall ?? NaN;
    return ['version', 'env -u', 'ls'].map((name) => {
      const dm = times[`dm ${name}`]?.wall;
      const label = `tsmachine ${name}${name === 'ls' ? ', empty store' : ''} (node -e 0: ${(node * 1000).toFixed(0)} ms)`;
      return atMost(label, (times[name]?.wall ?? NaN) / node, 3, 'x', dm === undefined ? undefined : dm / node);
    });
  } finally {
    await rm(store, { recursive: true, force: true });
  }
}
