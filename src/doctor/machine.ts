import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readHostKeys } from '../ssh/trust/known-hosts.js';
import type { SshEndpoint } from '../base/shell.js';
import type { HostFacts } from '../provision/look/detect.js';
import { type Machine, attachDriver } from '../machine/machine.js';
import type { Session } from '../machine/session.js';
import { checkCertificates } from './authority.js';
import type { DockerClient } from './client.js';
import { checkCreation } from './creation.js';
import { type Finding, Findings } from '../base/findings.js';
import { checkEngine } from './engine.js';
import { checkHost } from './host.js';
import { checkSwarm } from './swarm.js';

/** Milliseconds for one login. */
const loginTimeout = 10_000;

export interface Examined {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** The engine's URL, when the machine has one, and whether it answered. */
  readonly url?: string;
  readonly reachable: boolean;
}

interface Surroundings {
  readonly client: DockerClient | undefined;
  /** Milliseconds for all checks together. */
  readonly timeout: number;
}

/** Every check of one machine: the login and the engine side by side. What hangs is cut off and told, with all that was found before. */
export async function examineMachine(session: Session, name: string, { client, timeout }: Surroundings): Promise<Examined> {
  const deadline = AbortSignal.timeout(timeout);
  const bounded: Session = { ...session, io: quiet(session), signal: AbortSignal.any([session.signal, deadline]) };
  const found = new Findings(bounded.signal, name);
  const reached: { url?: string; reachable: boolean } = { reachable: false };
  const late = new Promise<never>((_, reject) => {
    deadline.addEventListener(
      'abort',
      () => {
        reject(deadline.reason instanceof Error ? deadline.reason : new Error('late'));
      },
      { once: true },
    );
  });
  try {
    await Promise.race([checkAll(bounded, found, name, client, reached), late]);
  } catch (error) {
    session.signal.throwIfAborted();
    if (!deadline.aborted) throw error;
    found.fault('timeout', `Not every check ended within ${Math.round(timeout / 1000)} s`, `tsmachine status ${name}`);
  }
  return { name, findings: [...found.list], ...reached };
}

async function checkAll(
  session: Session,
  found: Findings,
  name: string,
  client: DockerClient | undefined,
  reached: { url?: string; reachable: boolean },
): Promise<void> {
  const whole = await found.attempt('creation', () => checkCreation(session, found, name));
  const machine = await found.attempt('config', async () => attachDriver(session, (await session.store.load(name)).config));
  if (!machine) return;
  found.ok('config', `Driver ${machine.module.name}`);
  if (whole !== true) return; // what is half made cannot be whole
  await found.attempt('server-certificate', () => checkCertificates(session, found, machine.config));
  if (!(await isRunning(found, machine))) return;
  const endpoint = await found.attempt('address', () => machine.where());
  if (!endpoint) return;
  const { ssh, dockerUrl } = endpoint;
  if (dockerUrl !== undefined) reached.url = dockerUrl;
  const facts = ssh ? lookAtHost(session, found, machine, ssh) : Promise.resolve(undefined);
  const engine = dockerUrl === undefined ? Promise.resolve(false) : checkEngine(session, found, { machine, url: dockerUrl, facts, client });
  [, reached.reachable] = await Promise.all([facts, engine]);
  if (reached.reachable) await found.attempt('swarm', () => checkSwarm(session, found, name));
}

/** A host that tsmachine cannot switch on says more by refusing the login than by its state. */
async function isRunning(found: Findings, machine: Machine): Promise<boolean> {
  if (!machine.module.features.powerControl) return true;
  const state = await found.attempt('state', async () => (await machine.look()).state);
  if (state === undefined) return false;
  if (state === 'Running') found.ok('state', 'Running');
  else found.warning('state', `It is ${state.toLowerCase()}; nothing more can be told`, `tsmachine start ${machine.name}`);
  return state === 'Running';
}

/** One login, and all that one remote command tells. */
async function lookAtHost(session: Session, found: Findings, machine: Machine, ssh: SshEndpoint): Promise<HostFacts | undefined> {
  const { knownHosts } = session.store.machine(machine.name);
  const pinned = ((await found.attempt('host-key', () => readHostKeys(knownHosts, { host: machine.name }))) ?? []).length > 0;
  if (pinned) found.ok('host-key', 'The host key is pinned');
  else
    found.warning(
      'host-key',
      'No host key is pinned: the next connection trusts whatever key is shown',
      `tsmachine ssh ${machine.name} true`,
    );
  // looking must not pin: an unpinned key is kept in a place that goes away
  const scratch = pinned ? undefined : await mkdtemp(join(tmpdir(), 'tsmachine-doctor-'));
  try {
    return await found.attempt('ssh', async () => {
      const { connect } = await import('../ssh/dial/connect.js');
      const { io, signal, env } = session;
      const knownHostsFile = scratch === undefined ? knownHosts : join(scratch, 'known_hosts');
      const connection = await connect(ssh, {
        machine: machine.name,
        knownHostsFile,
        unknownHostKey: 'trust',
        io,
        signal,
        env,
        timeout: loginTimeout,
      });
      try {
        found.ok('ssh', `${ssh.user} can log in at ${ssh.host}:${ssh.port}`);
        return await checkHost(session, found, machine.name, connection);
      } finally {
        await connection.close();
      }
    });
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

/** Checks tell by findings alone; a passphrase or password may still be asked for. */
function quiet({ io }: Session): Session['io'] {
  const debug = (text: string) => {
    io.debug(text);
  };
  return {
    info: debug,
    warn: debug,
    debug,
    progress: (text) => {
      io.progress(text);
    },
    secret: (question) => io.secret(question),
  };
}
