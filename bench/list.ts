import { createServer, type Server } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import none from '../drivers/none/index.js';
import { ensureAuthority } from '../src/certs/authority.js';
import { silentIo } from '../src/core/io.js';
import { newHostConfig } from '../src/store/schema.js';
import { openStore } from '../src/store/store.js';
import { cost, median, program } from './measure.js';
import { atMost, type Row } from './report.js';

/** `ls` of machines whose engines do not answer: the store and the waiting are measured, not somebody's engine. */
export async function list(dockerMachine: string | undefined): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [count, bar] of [[100, 0.6], [1000, 2]] as const) {
    const root = await mkdtemp(join(tmpdir(), 'tsmachine-bench-'));
    const port = await closedPort();
    try {
      await fill(root, count, port);
      const time = async (command: string[]) => {
        const runs = [];
        for (let i = 0; i < 4; i++) runs.push((await cost([...command, 'ls'], { MACHINE_STORAGE_PATH: root })).wall);
        return median(runs.slice(1));
      };
      const theirs = dockerMachine === undefined || count > 500 ? undefined : await time([dockerMachine]);
      rows.push(atMost(`ls of ${count} machines`, await time([process.execPath, program]), bar, 's', theirs));
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }
  return rows;
}

async function fill(root: string, count: number, port: number): Promise<void> {
  const store = openStore(root);
  const driver = await none.load();
  await store.reserve('m0');
  await ensureAuthority(store.paths, { io: silentIo, user: 'bench' });
  for (let i = 0; i < count; i++) {
    const name = `m${i}`;
    await store.reserve(name);
    const data = driver.parse({ machineName: name, storePath: root, machineDir: store.machine(name).dir, flags: { url: `tcp://127.0.0.1:${port}` } });
    await store.save({ name, config: newHostConfig({ name, root, driverName: 'none', driver: data, engine: {}, serverCertSans: [] }) });
  }
}

/** A port that nothing listens on: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return typeof address === 'object' && address ? address.port : 1;
}
