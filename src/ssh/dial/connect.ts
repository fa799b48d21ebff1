import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from '../../base/errors.js';
import type { SshEndpoint } from '../../base/shell.js';
import { say } from '../../base/text.js';

import { Connection } from './connection.js';
import { Clock, logIn } from './login.js';
import { isBooting, isTransient } from './failures.js';
import { hostTrust } from '../trust/host-trust.js';
import { identities, type Identity } from '../keys/identities.js';
import type { Link } from './link.js';
import { address } from './place.js';
import { planRoute, type Hop } from './route.js';
import { sshTimeouts } from '../timeouts.js';
import type { ConnectOptions, SshConnection } from '../types.js';

export type { ConnectOptions, SshConnection } from '../types.js';

/** How often a login is tried on a host that may not have the key yet, and the milliseconds between two tries. */
const authTries = 3;
const authPause = 2000;
/** Milliseconds between two logins on a host that is still refusing them: how long OpenSSH holds one against the address. */
const penaltyPause = 5000;

/**
 * Opens the one connection that every step of a command uses, through jump hosts where there are any.
 * @throws TsmachineError SSH_* (each cause its own code), FLAG_INVALID for a malformed jump host; the signal's reason when aborted.
 */
export function connect(endpoint: SshEndpoint, options: ConnectOptions): Promise<SshConnection> {
  return openConnection(endpoint, options);
}

/** As `connect`; the result also gives the interactive session access to its link. */
export async function openConnection(endpoint: SshEndpoint, options: ConnectOptions): Promise<Connection> {
  options.signal.throwIfAborted();
  const route = await planRoute(endpoint, options);
  const links: Link[] = [];
  try {
    for (const hop of route) links.push(await logInWithRetries(hop, links.at(-1), options));
    const link = links.pop();
    if (link === undefined) throw new TsmachineError('INTERNAL', 'The SSH route has no target');
    return new Connection(links, link, endpoint, options);
  } catch (error) {
    for (const link of links.reverse()) await link.close();
    throw error;
  }
}

/**
 * Tries one hop until a login succeeds or trying again is pointless: a jump host gets one attempt, a booting machine as many as its time
 * allows.
 */
async function logInWithRetries(hop: Hop, before: Link | undefined, options: ConnectOptions): Promise<Link> {
  const { io, signal } = options;
  const env = options.env ?? process.env;
  const started = performance.now();
  let waitFor = hop.isJump ? 0 : (options.waitFor ?? 0);
  let early = 0;
  let clock = new Clock(options.timeout ?? sshTimeouts.attempt);
  let offered: Identity[] | undefined;
  let authLeft = options.retryAuth === true && !hop.isJump ? authTries - 1 : 0;
  let told = '';
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
      alsoOfferOthers: hop.isJump,
      settings: hop.settings,
      io,
      env,
      withClockStopped: (ask) => clock.pausedWhile(ask),
    });
    try {
      return await logIn({
        hop,
        before,
        trust,
        identities: offered,
        clock,
        env,
        signal,
        connectTimeout: waitFor > 0 ? sshTimeouts.bootingConnect : undefined,
      });
    } catch (error) {
      const waited = performance.now() - started;
      if (isBooting(error)) {
        waitFor = Math.max(waitFor, options.timeout ?? sshTimeouts.nologin);
        // each refusal counts for a while as a failed login, and several of them shut an address out (PerSourcePenalties)
        pause = (early += 1) < 3 ? authPause : penaltyPause;
      }
      if (isTransient(error) && waited + pause < waitFor) {
        const spent = `${Math.round(waited / 1000)} s of ${Math.round(waitFor / 1000)}`;
        const reason = TsmachineError.from(error).message;
        io.progress(`Waiting for SSH on ${address(hop)}, ${spent}: ${reason}`, reason === told); // a log needs each reason once
        told = reason;
        await sleep(pause, undefined, { signal });
        pause = Math.min(pause * 1.5, 1000);
      } else if (TsmachineError.is(error) && error.code === 'SSH_AUTH' && authLeft > 0) {
        authLeft -= 1;
        io.progress(`Waiting for ${address(hop)} to accept the key of ${hop.user}`);
        await sleep(authPause, undefined, { signal });
      } else {
        throw isTransient(error) && waitFor > 0 ? afterWaiting(TsmachineError.from(error), waited) : error;
      }
    }
    clock = new Clock(options.timeout ?? sshTimeouts.attempt);
  }
}

function afterWaiting(error: TsmachineError, waited: number): TsmachineError {
  return new TsmachineError(error.code, say`${error.text} (for ${Math.round(waited / 1000)} s)`, { hint: error.hint, cause: error });
}
