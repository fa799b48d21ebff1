import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { storePaths, machinePaths } from '../src/store/paths.js';
import { standInEngine } from '../test/compat/engine.js';
import { cost, inTurn, program } from './measure.js';
import { atMost, type Row } from './report.js';
import { fillStore } from './store.js';

/** The time of one round trip without our code: an empty Node that asks the engine over mutual TLS. */
const roundTrip = `
const { readFileSync } = require('fs');
const [port, ca, cert, key] = process.argv.slice(1);
const read = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
require('https').get({ host: '127.0.0.1', port, path: '/version', agent: false, ...read }, (answer) => { answer.resume(); });
`;

const asking = ['active', 'env', 'config'];
const silent = ['ip', 'url'];

/** What scripts ask about one machine, as a multiple of `version`; for some, without one TLS round trip on loopback. */
export async function reach(): Promise<Row[]> {
  const root = await mkdtemp(join(tmpdir(), 'tsmachine-bench-'));
  const engine = await standInEngine('28.5.1');
  try {
    await fillStore(root, 1, () => engine.port);
    const paths = storePaths(root);
    const own = machinePaths(root, 'm0');
    for (const file of ['ca', 'cert', 'key'] as const) await copyFile(paths[file], own[file]);
    await engine.serve(root);
    const env = { MACHINE_STORAGE_PATH: root, DOCKER_HOST: `tcp://127.0.0.1:${engine.port}` };
    const ours =
      (...words: string[]) =>
      () =>
        cost([process.execPath, program, ...words], env);
    const times: Record<string, { wall: number }> = await inTurn(15, {
      node: () => cost([process.execPath, '-e', '0']),
      trip: () => cost([process.execPath, '-e', roundTrip, String(engine.port), paths.ca, paths.cert, paths.key]),
      version: ours('version'),
      ...Object.fromEntries([...asking, ...silent].map((name) => [name, name === 'active' ? ours(name) : ours(name, 'm0')])),
    });
    const wall = (name: string) => times[name]?.wall ?? NaN;
    const trip = wall('trip') - wall('node');
    const version = `version: ${milliseconds(wall('version'))}`;
    return [
      ...asking.map((name) =>
        atMost(`${name} beyond a round trip of ${milliseconds(trip)} (${version})`, (wall(name) - trip) / wall('version'), 1.3, 'x'),
      ),
      ...silent.map((name) => atMost(`${name} (${version})`, wall(name) / wall('version'), 1.3, 'x')),
    ];
  } finally {
    await engine.close();
    await rm(root, { recursive: true, force: true });
  }
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
