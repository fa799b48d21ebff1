import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';

import { TsmachineError, messageOf } from '../base/errors.js';
import type { Io } from '../base/io.js';
import { say } from '../base/text.js';
import { accept } from '../go-rpc/rpc/handshake.js';
import { serve, type Services } from '../go-rpc/rpc/server.js';
import { loadServableDriver } from '../machine/access/driver-registry.js';
import { ServedMachine } from './served-machine.js';
import { driverServices, failingServices, type Life } from './services.js';

/** Milliseconds: a client that says nothing for so long is gone, and for its first words. */
const limits = { silence: 10_000, greeting: 10_000 };

export interface ServeOptions {
  readonly driver: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly io: Io;
  /** Gets the address, `127.0.0.1:PORT`, once it can be called. */
  readonly announce: (address: string) => void;
}

/**
 * Serves a driver to Docker Machine, as a plugin of its own does: for one machine, until the client closes it or is silent for ten seconds.
 * @returns whether the client closed it
 * A driver that cannot be opened is a plugin that says so.
 * @throws the signal's reason when aborted
 */
export async function serveDriver({ driver: name, env, signal, io, announce }: ServeOptions): Promise<boolean> {
  const over = new AbortController();
  const ends = AbortSignal.any([signal, over.signal]);
  let closed = false;
  const silence = setTimeout(() => {
    over.abort(new TsmachineError('RPC_LOST', 'The client has been silent for too long'));
  }, limits.silence);
  const life: Life = {
    beat: () => silence.refresh(),
    close: () => {
      closed = true;
      setImmediate(() => {
        over.abort(new TsmachineError('RPC_LOST', 'The client has no more to ask'));
      });
    },
  };
  const { services, close } = await offer(name, { env, signal: ends, io }, life);
  const server = createServer((socket) => {
    void answer(socket, services, ends, io);
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening', { signal: ends });
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new TsmachineError('INTERNAL', 'The server has no address');
    announce(`127.0.0.1:${address.port}`);
    if (!ends.aborted) await once(ends, 'abort');
    signal.throwIfAborted();
    return closed;
  } finally {
    clearTimeout(silence);
    server.close();
    await close();
  }
}

/** What is served: the driver, or why there is none. */
async function offer(
  name: string,
  opening: Pick<ServeOptions, 'env' | 'signal' | 'io'>,
  life: Life,
): Promise<{ services: Services; close: () => Promise<void> }> {
  const { env } = opening;
  try {
    const module = await loadServableDriver(name, opening);
    const { flags, features } = module;
    const driver = await module.open(opening);
    const machine = new ServedMachine(
      { ...opening, calledAs: env['MACHINE_PLUGIN_DRIVER_NAME'] || name },
      { name, flags, features, driver },
    );
    const close = async () => {
      await machine.close();
      await driver.close();
    };
    return { services: driverServices(machine, flags, env, life), close };
  } catch (error) {
    return { services: failingServices(error, life), close: () => Promise.resolve() };
  }
}

async function answer(socket: Socket, services: Services, signal: AbortSignal, io: Io): Promise<void> {
  try {
    await accept(socket, { signal, timeout: limits.greeting });
    const end = () => socket.end();
    signal.addEventListener('abort', end, { once: true });
    io.debug((await serve(socket, services)).text);
    signal.removeEventListener('abort', end);
  } catch (error) {
    io.debug(say`A client is refused: ${messageOf(error)}`);
  }
}
