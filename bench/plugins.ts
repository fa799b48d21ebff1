import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { newHostConfig } from '../src/store/config/schema.js';
import { openStore } from '../src/store/store.js';
import { buildDockerMachine } from '../test/stand-ins/docker-machine/build.js';
import { buildLabPlugin } from '../test/stand-ins/go-machine/build.js';
import { NoGo } from '../test/stand-ins/go-rpc/build.js';
import { cost, inTurn, program } from './measure.js';
import { atMost, type Row } from './report.js';

const machines = 200;

/** `ls` of machines of a plugin, against Docker Machine itself in the same run. */
export async function plugins(): Promise<Row[]> {
  const root = await mkdtemp(join(tmpdir(), 'tsmachine-bench-'));
  try {
    const [plugin, dockerMachine] = [await buildLabPlugin(), await buildDockerMachine()];
    await symlink(plugin, join(root, 'docker-machine-driver-idle'));
    const store = openStore(root);
    for (let i = 0; i < machines; i++) {
      const name = `m${i}`;
      await store.reserve(name);
      const data = {
        IPAddress: '',
        MachineName: name,
        SSHUser: '',
        SSHPort: 0,
        SSHKeyPath: '',
        StorePath: root,
        URL: '',
        Size: 2,
        Tags: [],
      };
      const config = newHostConfig({ name, root, driverName: 'idle', driver: data, engine: {}, serverCertSans: [] });
      await store.save({ name, config });
    }
    const path = `${root}${delimiter}${process.env['PATH'] ?? ''}`;
    const env = { MACHINE_STORAGE_PATH: root, TSMACHINE_STATE_DIR: join(root, 'state'), PATH: path };
    const { ours, theirs } = await inTurn(3, {
      ours: () => cost([process.execPath, program, 'ls'], env),
      theirs: () => cost([dockerMachine, 'ls'], env),
    });
    const text = (seconds: number) => `${seconds.toFixed(2)} s`;
    const what = `ls of ${machines} machines of a plugin (${text(ours.wall)}), times Docker Machine's own (${text(theirs.wall)})`;
    return [atMost(what, ours.wall / theirs.wall, 0.5, 'x')];
  } catch (error) {
    if (!(error instanceof NoGo)) throw error;
    console.log(`Plugins of Docker Machine are not measured: ${error.message}`);
    return [];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
