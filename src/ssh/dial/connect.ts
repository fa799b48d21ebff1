import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from '../../base/errors.js';
import { parseExpectedKey } from '../../base/ssh/host-key.js';
import type { SshEndpoint } from '../../base/shell.js';
import { say } from '../../base/text.js';

import { reporting } from '../../system/calls.js';
import { Connection } from './connection.js';
import { Clock, logIn } from './login.js';
import { isBooting, isTransient } from './failures.js';
import { beyondBuiltIn } from '../keys/beyond.js';
import { hostTrust } from '../trust/host-trust.js';
import { identities, type Identity } from '../keys/identities.js';
import type { Link } from './link.js';
import { address } from './place.js';
import { planRoute, type Hop } from './route.js';
import { loadSsh2 } from './ssh2.js';
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
  const [route] = await Promise.all([planRoute(endpoint, options), loadSsh2()]);
  const links: Link[] = [];
  try {
    for (const hop of route) links.push(await logInWithRetries(hop, links.at(-1), options));
    const link = links.pop();
    if (link === undefined) throw new TsmachineError('INTERNAL', 'The SSH route has no target');
    return new Connection(links, link, endpoint, options);
  } catch (error) {
    for (const link of links.reverse()) await link.close();
    const limit = await ownLimit(error, route, options);
    const target = route.at(-1);
    if (limit === undefined || target === undefined) throw error;
    const { carry } = await import('../system/carried.js');
    return new Connection([], await carry(target, options, limit), endpoint, options);
  }
}

/** The error, where the system's ssh may do what ssh2 could not: speak with the host, or use what the user logs in with. */
async function ownLimit(error: unknown, route: readonly Hop[], options: ConnectOptions): Promise<TsmachineError | undefined> {
  if (!TsmachineError.is(error)) return undefined;
  const limit = error.code === 'SSH_ALGORITHMS' ? error : await unusedKeys(error, route, options);
  if (limit === undefined || options.builtInOnly !== true) return limit;
  throw new TsmachineError(limit.code, limit.text, { hint: "Leave out --native-ssh, or install the system's ssh.", cause: error });
}

async function unusedKeys(error: TsmachineError, route: readonly Hop[], { env = process.env }: ConnectOptions) {
  if (error.code !== 'SSH_AUTH' && error.code !== 'SSH_KEY_UNREADABLE') return undefined;
  const found = (await Promise.all(route.map(({ keyPath, settings }) => beyondBuiltIn(keyPath, settings, env)))).flat();
  if (found.length === 0) return undefined;
  const text = say`${error.text}; the built-in client cannot use ${[...new Set(found)].join(', ')}`;
  return new TsmachineError(error.code, text, { hint: error.hint, cause: error });
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
  const passedOver: string[] = [];
  let refusal: TsmachineError | undefined;
  for (;;) {
    const { knownHostsFile, unknownHostKey, machine } = options;
    const trust = await hostTrust({
      place: hop,
      knownHostsFile,
      unknownHostKey,
      settings: hop.settings,
      expected: hop.endpoint.hostKey === undefined ? undefined : parseExpectedKey(hop.endpoint.hostKey),
      async certified() {
        if (options.builtInOnly === true) return undefined;
        const { certifiedPrint } = await import('../system/first-contact.js');
        return certifiedPrint(hop.endpoint, { machine, knownHostsFile }, { io, signal, env });
      },
      passedOver,
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
      const attempt: Parameters<typeof logIn>[0] = {
        hop,
        before,
        trust,
        identities: offered,
        clock,
        env,
        signal,
        connectTimeout: waitFor > 0 ? sshTimeouts.bootingConnect : undefined,
      };
      return await reporting(`ssh: log in as ${hop.user} on ${address(hop)}`, () => logIn(attempt));
    } catch (error) {
      const waited = performance.now() - started;
      if (isBooting(error)) {
        waitFor = Math.max(waitFor, options.timeout ?? sshTimeouts.nologin);
        // each refusal counts for a while as a failed login, and several of them shut an address out (PerSourcePenalties)
        pause = (early += 1) < 3 ? authPause : penaltyPause;
      }
      const type = trust.refusedType();
      if (refusal !== undefined && type === undefined) throw refusal; // the host has no key of another type
      if (type !== undefined) {
        refusal ??= TsmachineError.from(error);
        passedOver.push(type);
      } else if (isTransient(error) && waited + pause < waitFor) {
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
