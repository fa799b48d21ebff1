import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Endpoint } from '../driver/contract.js';
import type { State } from '../base/machine.js';
import type { SshEndpoint } from '../base/shell.js';
import type { EngineTarget, EngineVersion } from '../docker/client.js';
import type { ServedCertificate } from '../docker/handshake.js';
import { logIn } from '../machine/access/login.js';
import { engineTarget } from '../machine/engine/engine.js';
import { attachDriver, type Machine } from '../machine/machine.js';
import type { Session } from '../machine/session.js';
import { clockSkew } from '../provision/look/clock.js';
import type { Barrier } from '../provision/look/firewall.js';
import type { HostFacts } from '../provision/look/detect-host.js';
import type { SshConnection } from '../ssh/types.js';
import { readHostKeys } from '../ssh/trust/known-hosts.js';
import { readJournal, type Journal } from '../store/journal.js';
import { once } from '../driver/kit/turns.js';
import { ifKnown } from './check.js';
import type { DockerClient } from './docker-client.js';

/** Milliseconds for one login. */
const loginTimeout = 10_000;
/** Milliseconds for connecting to an engine, and for the handshake. */
const engineTimeout = 8000;

/** A login on the host; `close` also removes what it needed. */
interface Login {
  readonly endpoint: SshEndpoint;
  readonly connection: SshConnection;
  close(): Promise<void>;
}

interface Host {
  readonly facts: HostFacts;
  /** Seconds that the host's clock is ahead of this computer's; negative when it is behind. */
  readonly clockSkew: number;
  /** Where the engine does not answer: the firewall that is in the way. */
  readonly barrier?: Barrier;
}

/**
 * What the checks of a machine can ask for. Everything is asked once, however many checks want it: there is one login and one handshake.
 * A promise rejects with what went wrong, which one check reports (named below); the others use `ifKnown`. It brings undefined where
 * there is nothing to ask: a machine that is off has no host facts.
 */
export class MachineSubject {
  readonly session: Session;
  readonly name: string;
  readonly client: () => Promise<DockerClient>;

  constructor(session: Session, name: string, client: () => Promise<DockerClient>) {
    this.session = session;
    this.name = name;
    this.client = client;
  }

  /** The journal of a creation that did not finish. Reported by "creation". */
  readonly journal = once((): Promise<Journal | undefined> => readJournal(this.session.store.machine(this.name).journal));

  /** Reported by "config". */
  readonly machine = once(async (): Promise<Machine> => attachDriver(this.session, (await this.session.store.load(this.name)).config));

  /** The machine, when its creation has finished. */
  readonly finished = once(async (): Promise<Machine | undefined> => {
    const unfinished = await this.journal().catch(() => true);
    return unfinished ? undefined : ifKnown(this.machine());
  });

  /**
   * Undefined for a machine that tsmachine cannot switch on: whether it accepts a login says more than its state.
   * Reported by "state".
   */
  readonly state = once(async (): Promise<State | undefined> => {
    const machine = await this.finished();
    return machine?.module.features.powerControl ? (await machine.look()).state : undefined;
  });

  /** The machine, when it runs as far as is known. */
  readonly running = once(async (): Promise<Machine | undefined> => {
    const machine = await this.finished();
    if (!machine?.module.features.powerControl) return machine;
    return (await ifKnown(this.state())) === 'Running' ? machine : undefined;
  });

  /** Reported by "address". */
  readonly endpoint = once(async (): Promise<Endpoint | undefined> => {
    const machine = await this.running();
    return machine?.where();
  });

  /** Whether a host key is pinned; undefined without SSH. Reported by "host-key". */
  readonly hostKeyPinned = once(async (): Promise<boolean | undefined> => {
    const ssh = (await ifKnown(this.endpoint()))?.ssh;
    if (!ssh) return undefined;
    return (await readHostKeys(this.session.store.machine(this.name).knownHosts, { host: this.name })).length > 0;
  });

  /** Reported by "ssh". `host` closes it. */
  readonly login = once(async (): Promise<Login | undefined> => {
    const [machine, endpoint] = await Promise.all([this.running(), ifKnown(this.endpoint())]);
    const ssh = endpoint?.ssh;
    if (!machine || !ssh) return undefined;
    // a check must not pin a key: a key that is not pinned yet goes into a folder that is removed afterwards
    const scratch = (await ifKnown(this.hostKeyPinned())) === true ? undefined : await mkdtemp(join(tmpdir(), 'tsmachine-doctor-'));
    const clean = async () => {
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
    };
    try {
      const connection = await logIn(this.session, machine, ssh, {
        ...(scratch === undefined ? {} : { knownHostsFile: join(scratch, 'keys') }),
        unknownHostKey: 'trust',
        timeout: loginTimeout,
      });
      const close = () => connection.close().finally(clean);
      return { endpoint: ssh, connection, close };
    } catch (error) {
      await clean();
      throw error;
    }
  });

  /** What one remote command says about the host. Reported by "host". */
  readonly host = once(async (): Promise<Host | undefined> => {
    const login = await ifKnown(this.login());
    if (!login) return undefined;
    try {
      const { detect } = await import('../provision/look/detect-host.js');
      const started = Date.now();
      const facts = await detect(login.connection, { signal: this.session.signal });
      const skew = clockSkew(facts.clock, started, Date.now());
      const target = await ifKnown(this.target());
      if (!target?.url.startsWith('tcp:') || (await ifKnown(this.engine()))) return { facts, clockSkew: skew };
      const { findBarrier } = await import('../provision/look/firewall.js');
      const barrier = await ifKnown(findBarrier(login.connection, facts, target.url));
      return { facts, clockSkew: skew, ...(barrier ? { barrier } : {}) };
    } finally {
      await login.close();
    }
  });

  /** Where the engine is, with the certificates to show to it. Reported by "engine". */
  readonly target = once(async (): Promise<EngineTarget | undefined> => {
    const [machine, endpoint] = await Promise.all([this.running(), ifKnown(this.endpoint())]);
    const url = endpoint?.dockerUrl;
    if (!machine || url === undefined) return undefined;
    return url.startsWith('tcp:') ? engineTarget(machine.config, url) : { url, ca: '', cert: '', key: '', machine: this.name };
  });

  /** The certificate that the engine serves; undefined for one without TLS. Reported by "engine". */
  readonly served = once(async (): Promise<ServedCertificate | undefined> => {
    const target = await this.target();
    if (!target?.url.startsWith('tcp:')) return undefined;
    const { handshake } = await import('../docker/handshake.js');
    return handshake(target, { signal: this.session.signal, timeout: engineTimeout });
  });

  /** What the engine says of itself. Reported by "engine". */
  readonly engine = once(async (): Promise<EngineVersion | undefined> => {
    const target = await this.target();
    if (!target) return undefined;
    await this.served();
    const { openEngine } = await import('../docker/client.js');
    const engine = openEngine(target, { signal: this.session.signal, timeout: engineTimeout });
    try {
      return await engine.version();
    } finally {
      engine.close();
    }
  });
}
