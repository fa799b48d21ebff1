import { X509Certificate } from 'node:crypto';

import type { EngineTarget, EngineVersion } from '../docker/client.js';
import type { Reason } from '../docker/call/reason.js';
import { compareApi, negotiateApi, newestApi } from '../docker/version.js';
import type { HostFacts } from '../provision/look/detect.js';
import { quote } from '../base/quote.js';
import { readIfExists } from '../system/files/atomic.js';
import { engineTarget } from '../machine/engine/engine.js';
import { TsmachineError } from '../base/errors.js';
import type { Machine } from '../machine/machine.js';
import type { Session } from '../machine/session.js';
import type { DockerClient } from './client.js';
import type { Findings } from '../base/findings.js';

/** Milliseconds for connecting and shaking hands. */
const engineTimeout = 8000;

interface Engine {
  readonly machine: Machine;
  readonly url: string;
  /** What the login tells, when there is one: it names the firewall in the way. */
  readonly facts: Promise<HostFacts | undefined>;
  readonly client: DockerClient | undefined;
}

/** Whether the engine answers over mutual TLS with the certificate made for it, and speaks what we and the docker client speak. */
export async function checkEngine(session: Session, found: Findings, engine: Engine): Promise<boolean> {
  const { machine, url } = engine;
  const target = await found.attempt('engine', () => (url.startsWith('tcp:') ? engineTarget(machine.config, url) : plain(machine, url)));
  if (!target) return false;
  try {
    if (url.startsWith('tcp:')) await checkServed(session, found, machine, target);
    const { openEngine } = await import('../docker/client.js');
    const opened = openEngine(target, { signal: session.signal, timeout: engineTimeout });
    try {
      const version = await opened.version();
      found.ok('engine', `The engine answers at ${url}`);
      checkApi(found, machine.name, version, engine.client);
    } finally {
      opened.close();
    }
    return true;
  } catch (error) {
    session.signal.throwIfAborted();
    await tellUnreachable(found, engine, error);
    return false;
  }
}

function plain(machine: Machine, url: string): Promise<EngineTarget> {
  return Promise.resolve({ url, ca: '', cert: '', key: '', machine: machine.name });
}

async function checkServed(session: Session, found: Findings, machine: Machine, target: EngineTarget): Promise<void> {
  const { handshake } = await import('../docker/handshake.js');
  const served = await handshake(target, { signal: session.signal, timeout: engineTimeout });
  const pem = await readIfExists(session.store.machine(machine.name).serverCert);
  if (pem === undefined)
    return found.ok('served-certificate', `The engine's certificate is valid until ${served.notAfter.toISOString().slice(0, 10)}`);
  if (new X509Certificate(pem).fingerprint256 === served.fingerprint256)
    return found.ok('served-certificate', 'The engine serves the certificate of the store');
  found.fault(
    'served-certificate',
    'The engine serves another certificate than the one in the store',
    `tsmachine regenerate-certs -f ${machine.name}`,
  );
}

function checkApi(found: Findings, name: string, version: EngineVersion, client: DockerClient | undefined): void {
  const range = `engine ${version.Version} speaks API ${version.MinAPIVersion} to ${version.ApiVersion}`;
  try {
    found.ok('engine-api', `The ${range}; ${negotiateApi(version, name)} is used (tsmachine: up to ${newestApi})`);
  } catch (error) {
    const { message, hint } = TsmachineError.from(error);
    found.fault('engine-api', message, hint);
  }
  if (!client) return;
  if (compareApi(client.api, version.MinAPIVersion) < 0) {
    found.fault(
      'docker-client',
      `The docker client ${client.version} speaks API up to ${client.api}, too old for it: the ${range}`,
      'Upgrade the docker client',
    );
  } else if (compareApi(version.ApiVersion, client.leastApi) < 0) {
    found.fault(
      'docker-client',
      `The docker client ${client.version} wants API ${client.leastApi} or later: the ${range}`,
      `tsmachine upgrade ${name}`,
    );
  }
}

const words: Readonly<Record<Reason, string>> = {
  refused: 'Connection refused',
  timeout: 'Connection timed out',
  name: 'Name not found',
  'no-route': 'No route',
  tls: 'TLS fails',
  other: 'No answer',
};

async function tellUnreachable(found: Findings, { machine, url, facts }: Engine, error: unknown): Promise<void> {
  const { reasonOf } = await import('../docker/call/reason.js');
  const { message, hint } = TsmachineError.from(error);
  const reason = reasonOf(error);
  const host = await facts;
  const blocked = reason === 'refused' || reason === 'timeout' || reason === 'no-route';
  if (blocked && host?.firewall && host.engine?.running === true) {
    const { name, openCommand } = host.firewall;
    const port = /:(\d+)$/.exec(url)?.[1] ?? '2376';
    const command = openCommand.replaceAll('2376', port);
    found.fault('engine', `${words[reason]}: ${message}; ${name} is active on the host`, `tsmachine ssh ${machine.name} ${quote(command)}`);
  } else if (reason === 'timeout' && host) {
    found.fault(
      'engine',
      `${words[reason]}: ${message}; the host itself has no active firewall that is known`,
      'Open the port in the firewall or security group of its network',
    );
  } else if (reason === 'refused' && host) {
    found.fault('engine', `${words[reason]}: ${message}`, `tsmachine provision ${machine.name}`);
  } else found.fault('engine', `${words[reason]}: ${message}`, hint);
}
