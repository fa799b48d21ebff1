import { duplexPair, type Duplex } from 'node:stream';

import { RpcClient } from '../../../../src/go-rpc/rpc/client.js';
import { accept, connect } from '../../../../src/go-rpc/rpc/handshake.js';
import { serve, type Services } from '../../../../src/go-rpc/rpc/server.js';
import type { TsmachineError } from '../../../../src/base/errors.js';

/** Both ends of one connection. */
export function streams(): { readonly near: Duplex; readonly far: Duplex } {
  const [near, far] = duplexPair();
  near.once('close', () => far.destroy());
  far.once('close', () => near.destroy());
  return { near, far };
}

/** A client and a server that speak with each other. */
export async function pair(services: Services): Promise<{ client: RpcClient; served: Promise<TsmachineError>; near: Duplex; far: Duplex }> {
  const { near, far } = streams();
  await Promise.all([connect(near), accept(far)]);
  return { client: new RpcClient(near), served: serve(far, services), near, far };
}
