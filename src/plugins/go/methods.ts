import { bytes, int, string } from '../../go-rpc/gob/basic.js';
import type { Schema } from '../../go-rpc/gob/schema.js';
import { nothing, type Shape } from '../../go-rpc/rpc/messages.js';
import { createFlags, driverOptions } from './flags.js';

type Nothing = Readonly<Record<never, never>>;

const does: Shape<Nothing, Nothing> = { argument: nothing, result: nothing };

function tells<R>(result: Schema<R>): Shape<Nothing, R> {
  return { argument: nothing, result };
}

function takes<A>(argument: Schema<A>): Shape<A, Nothing> {
  return { argument, result: nothing };
}

/** What a driver of Docker Machine serves: `RPCServerDriver` of libmachine/drivers/rpc. GetIPv6 is rancher's. */
export const methods = {
  GetVersion: tells(int),
  Heartbeat: does,
  Close: does,
  GetCreateFlags: tells(createFlags),
  SetConfigRaw: takes(bytes),
  GetConfigRaw: tells(bytes),
  SetConfigFromFlags: takes(driverOptions),
  DriverName: tells(string),
  GetMachineName: tells(string),
  GetIP: tells(string),
  GetIPv6: tells(string),
  GetSSHHostname: tells(string),
  GetSSHKeyPath: tells(string),
  GetSSHUsername: tells(string),
  GetSSHPort: tells(int),
  GetURL: tells(string),
  GetState: tells(int),
  PreCreateCheck: does,
  Create: does,
  Remove: does,
  Start: does,
  Stop: does,
  Restart: does,
  Kill: does,
} as const;

/** The methods that take nothing. */
export type Plain = { [M in keyof typeof methods]: (typeof methods)[M] extends Shape<Nothing, unknown> ? M : never }[keyof typeof methods];

/** What a method answers. */
export type Answer<M extends keyof typeof methods> =
  (typeof methods)[M] extends Shape<never, infer R> ? R : (typeof methods)[M] extends { readonly result: Schema<infer R> } ? R : never;
