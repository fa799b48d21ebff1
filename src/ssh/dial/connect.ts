import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from '../../base/errors.js';
import type { SshEndpoint } from '../../base/shell.js';

import { Connection } from './connection.js';
import { Clock, dial } from './dial.js';
import { mayPass } from './failures.js';
import { hostTrust } from '../trust/host-trust.js';
import { identities, type Identity } from '../keys/identities.js';
import type { Link } from './link.js';
import { address } from './place.js';
import { planRoute, type Hop } from './route.js';
import type { ConnectOptions, SshConnection } from '../types.js';

export type { ConnectOptions, SshConnection } from '../types.js';

const attemptTimeout = 15_000;
/** A host that boots loses the first packets: a new connection finds it sooner than TCP's own repetition. */
const bootingTimeout = 3000;
const authTries = 3;
const authPause = 2000;

/**
 * Logs in once, through jump hosts where there are any, and returns the connection; every step of a command uses it.
 * @throws TsmachineError SSH_* (each cause its own code), FLAG_INVALID for a malformed jump host; the signal's reason when aborted.
 */
export function connect(endpoint: SshEndpoint, options: ConnectOptions): Promise<SshConnection> {
  return openConnection(endpoint, options);
}

/** `connect`, with the parts the built-in client needs besides. */
export async function openConnection(endpoint: SshEndpoint, options: ConnectOptions): Promise<Connection> {
  options.signal.throwIfAborted();
  const route = await planRoute(endpoint, options);
  const links: Link[] = [];
  try {
    for (const hop of route) links.push(await reach(hop, links.at(-1), options));
    const link = links.pop();
    if (link === undefined) throw new TsmachineError('INTERNAL', 'A route without a target');
    return new Connection(links, link, endpoint, options);
  } catch (error) {
    for (const link of links.reverse()) await link.close();
    throw error;
  }
}

/** Attempts until one succeeds or none may any more: a jump host has one, a booting machine as many as its time allows. */
async function reach(hop: Hop, before: Link | undefined, options: ConnectOptions): Promise<Link> {
  const { io, signal } = options;
  const env = options.env ?? process.env;
  const started = performance.now();
  const waitFor = hop.isJump ? 0 : (options.waitFor ?? 0);
  let clock = new Clock(options.timeout ?? attemptTimeout);
  let offered: Identity[] | undefined;
  let authLeft = options.retryAuth === true && !hop.isJump ? authTries - 1 : 0;
  let pause = 150;
  for (;;) {
    const trust = await hostTrust({
      place: hop,
      knownHostsFile: options.knownHostsFile,
      unknownHostKey: options.unknownHostKey,
      userAlias: hop.settings?.hostKeyAlias,
      io,
      env,
    });
    offered ??= await identities({
      user: hop.user,
      keyPath: hop.keyPath,
      othersToo: hop.isJump,
      settings: hop.settings,
      io,
      env,
      unhurried: (ask) => clock.pausedWhile(ask),
    });
    try {
      return await dial({
        hop,
        before,
        trust,
        identities: offered,
        clock,
        env,
        signal,
        connectTimeout: waitFor > 0 ? bootingTimeout : undefined,
      });
    } catch (error) {
      const waited = performance.now() - started;
      if (mayPass(error) && waited + pause < waitFor) {
        const spent = `${Math.round(waited / 1000)} s of ${Math.round(waitFor / 1000)}`;
        io.progress(`Waiting for SSH on ${address(hop)}, ${spent}: ${TsmachineError.from(error).message}`);
        await sleep(pause, undefined, { signal });
        pause = Math.min(pause * 1.5, 1000);
      } else if (TsmachineError.is(error) && error.code === 'SSH_AUTH' && authLeft > 0) {
        authLeft -= 1;
        io.progress(`Waiting for ${address(hop)} to take the key of ${hop.user}`);
        await sleep(authPause, undefined, { signal });
      } else {
        throw mayPass(error) && waitFor > 0 ? afterWaiting(TsmachineError.from(error), waited) : error;
      }
    }
    clock = new Clock(options.timeout ?? attemptTimeout);
  }
}

function afterWaiting(error: TsmachineError, waited: number): TsmachineError {
  return new TsmachineError(error.code, `${error.message} (for ${Math.round(waited / 1000)} s)`, { hint: error.hint, cause: error });
}
