import { readFile } from 'node:fs/promises';

import type { SshConnection } from '../ssh/types.js';
import type { EngineInstall } from '../base/machine.js';
import type { HostFacts } from '../provision/look/detect-host.js';
import type { ProvisionResult } from '../provision/provision.js';
import type { Facts } from '../store/store.js';
import {
  certificateNames,
  whoWorks,
  copyClientCertificates,
  ensureAuthorityOf,
  renewClientCertificateOf,
  serverCertificate,
} from './engine/certificates.js';
import { connectTo } from './access/connection.js';
import { verifyEngine } from './engine/verify.js';
import { openMachine, type Machine } from './machine.js';
import { tellFollowers, type Session } from './session.js';

/** Reads everything provisioning needs to know of the host, in one remote command. */
export async function detectHost(session: Session, connection: SshConnection): Promise<HostFacts> {
  session.io.info('Detecting the provisioner...');
  const { detect } = await import('../provision/look/detect-host.js');
  return detect(connection, { signal: session.signal });
}

/**
 * Changes the host to what the machine's configuration says, and only where it differs.
 * @param renewCertificate make a new certificate even if the current one is valid
 * @param restart restart the engine even if nothing differs, because its program is new
 */
export async function provisionHost(
  session: Session,
  machine: Machine,
  connection: SshConnection,
  facts: HostFacts,
  renewCertificate: boolean,
  restart = false,
): Promise<ProvisionResult> {
  const { config } = machine;
  const endpoint = await machine.where();
  const addresses = [...endpoint.addresses.map((address) => address.ip), ...facts.addresses];
  const names = certificateNames(config, addresses, facts.hostname);
  const url = new URL((endpoint.dockerUrl ?? 'tcp://0.0.0.0:2376').replace(/^tcp:/, 'http:'));
  const kept = await session.store.readFacts(machine.name);
  const { provision } = await import('../provision/provision.js');
  const result = await provision(connection, facts, {
    machine: machine.name,
    io: session.io,
    signal: session.signal,
    setHostname: machine.module.features.ownsHost,
    port: Number(url.port) || 2376,
    ...portFlagOf(machine),
    owner: { store: (await machine.ctx.owner()).store, name: machine.name, by: whoWorks(session.env) },
    hostIsIpv6: url.hostname.startsWith('['),
    certificates: () => serverCertificate(session, config, names, renewCertificate),
    engine: config.HostOptions.EngineOptions,
    install: { ...installOf(kept), url: config.HostOptions.EngineOptions.InstallURL },
    labels: [`provider=${config.DriverName}`],
    restart,
  });
  await session.store.writeFacts(machine.name, {
    ...kept,
    osId: facts.os.id,
    osName: facts.os.prettyName,
    provisioner: result.provisioner,
    engineVersion: result.engineVersion,
  });
  return result;
}

function portFlagOf({ module }: Machine): { portFlag?: string } {
  const flag = module.flags.find(({ name }) => name.endsWith('-engine-port'));
  return flag ? { portFlag: flag.name } : {};
}

/** How the engine gets onto the host. Nothing is recorded for a machine that Docker Machine made. */
export function installOf({ engineInstall = { mode: 'auto' } }: Pick<Facts, 'engineInstall'>): EngineInstall {
  return engineInstall;
}

/**
 * Finishes or repairs the host of a machine, touching only what differs.
 * @throws TsmachineError SSH_*, ENGINE_*, and what else its steps throw
 */
export async function provisionMachine(session: Session, name: string): Promise<void> {
  await reprovision(session, name, false);
}

/**
 * Makes a new server certificate for a machine, and proves by a handshake that its engine serves it.
 * @param options.clientCerts also the client certificate of the machine's authority
 * @throws TsmachineError CA_EXPIRED, CERT_NOT_SERVED, and what provisioning throws
 */
export async function regenerateCertificates(session: Session, name: string, options: { clientCerts?: boolean } = {}): Promise<void> {
  session.io.info('Regenerating TLS certificates');
  if (options.clientCerts) {
    session.io.info('Regenerating local certificates');
    const { config } = await openMachine(session, name);
    await renewClientCertificateOf(session, config);
  }
  await reprovision(session, name, true);
}

async function reprovision(session: Session, name: string, renewCertificate: boolean): Promise<void> {
  const done = await session.store.lock(
    name,
    async () => {
      const machine = await openMachine(session, name);
      await ensureAuthorityOf(session, machine.config, { needsSigning: renewCertificate });
      await copyClientCertificates(session, machine.config);
      await tellFollowers(session, (follower) => follower.changed?.(session, machine.name));
      if (!machine.module.features.provision) return undefined;
      session.io.info('Waiting for SSH to be available...');
      return provisionAgain(session, machine, renewCertificate);
    },
    { signal: session.signal },
  );
  await tellFollowers(session, (follower) => follower.returned?.(session, name));
  session.io.info(
    done ? await outcome(session, name, done, renewCertificate) : `"${name}" is only a URL: the certificates in its folder are up to date.`,
  );
}

/** What is true now, in one line. */
async function outcome({ store }: Session, name: string, { version, changed }: Provisioned, renewed: boolean): Promise<string> {
  if (renewed) {
    const { certificateExpiry } = await import('../certs/expiry.js');
    const { notAfter } = certificateExpiry(await readFile(store.machine(name).serverCert, 'utf8'));
    return `"${name}" has a new certificate, valid until ${notAfter.toISOString().slice(0, 10)}, and runs Docker ${version}.`;
  }
  return changed ? `"${name}" is provisioned and runs Docker ${version}.` : `"${name}" runs Docker ${version}. Nothing had to be changed.`;
}

interface Provisioned {
  /** The version of the engine that answers. */
  readonly version: string;
  readonly changed: boolean;
}

/**
 * Provisions a machine again over one connection, and waits until its engine answers. The caller holds the machine's lock.
 */
export async function provisionAgain(session: Session, machine: Machine, renewCertificate: boolean): Promise<Provisioned> {
  const connection = await connectTo(session, machine);
  try {
    const facts = await detectHost(session, connection);
    const result = await provisionHost(session, machine, connection, facts, renewCertificate);
    const version = await verifyEngine(session, machine, { facts, connection });
    await tellFollowers(session, (follower) => follower.provisioned?.(session, machine.name, result));
    return { version, changed: result.restarted || result.changed.length > 0 };
  } finally {
    await connection.close();
  }
}
