import { createServer, type AddressInfo, type Socket } from 'node:net';

import none from '../drivers/none/index.js';
import { ensureAuthority } from '../src/certs/authority.js';
import { silentIo } from '../src/base/io.js';
import { newHostConfig } from '../src/store/config/schema.js';
import { openStore } from '../src/store/store.js';

/** Makes a store with `count` machines `m0`, `m1`... of driver none, whose URLs name ports of the loopback address. */
export async function fillStore(root: string, count: number, portOf: (index: number) => number): Promise<void> {
  const store = openStore(root);
  const driver = await none.open({ env: {}, signal: new AbortController().signal });
  await store.reserve('m0');
  await ensureAuthority(store.paths, { io: silentIo, user: 'bench' });
  for (let i = 0; i < count; i++) {
    const name = `m${i}`;
    await store.reserve(name);
    const url = `tcp://127.0.0.1:${portOf(i)}`;
    const data = await driver.parse({ machineName: name, storePath: root, machineDir: store.machine(name).dir, flags: { url } });
    await store.save({ name, config: newHostConfig({ name, root, driverName: 'none', driver: data, engine: {}, serverCertSans: [] }) });
  }
}

/** A port on which nothing listens: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const once = await silentPort();
  await once.close();
  return once.port;
}

/** A port that accepts connections and never sends anything. */
export async function silentPort(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket
      .on('error', () => {
        socket.destroy();
      })
      .once('close', () => {
        open.delete(socket);
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
