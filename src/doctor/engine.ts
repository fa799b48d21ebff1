import { X509Certificate } from 'node:crypto';

import { TsmachineError } from '../base/errors.js';
import type { Findings } from '../base/findings.js';
import { run, say } from '../base/text.js';
import type { Reason } from '../docker/call/reason.js';
import type { EngineVersion } from '../docker/client.js';
import { compareApi, negotiateApi, newestApi } from '../docker/version.js';
import { readIfExists } from '../system/files/atomic.js';
import { barrierText } from '../provision/look/firewall.js';
import { ifKnown, type Check } from './check.js';
import type { MachineSubject } from './machine-subject.js';

/** Whether the engine answers over mutual TLS with the certificate made for it, and which API versions it speaks. */
export const engineChecks: readonly Check<MachineSubject>[] = [
  {
    name: 'engine',
    async run(subject, found) {
      const target = await subject.target();
      if (!target) return;
      try {
        await subject.engine();
        found.ok('engine', `The engine answers at ${target.url}`);
      } catch (error) {
        subject.session.signal.throwIfAborted();
        await reportUnreachable(found, subject, error);
      }
    },
  },
  {
    name: 'served-certificate',
    async run({ session, name, served }, found) {
      const certificate = await ifKnown(served());
      if (!certificate) return;
      const pem = await readIfExists(session.store.machine(name).serverCert);
      if (pem === undefined) {
        const day = certificate.notAfter.toISOString().slice(0, 10);
        found.ok('served-certificate', `The engine's certificate is valid until ${day}`);
      } else if (new X509Certificate(pem).fingerprint256 === certificate.fingerprint256) {
        found.ok('served-certificate', 'The engine serves the certificate in the store');
      } else {
        const message = 'The engine serves a different certificate from the one in the store';
        found.fault('served-certificate', message, run('regenerate-certs', '-f', name));
      }
    },
  },
  {
    name: 'engine-api',
    async run({ name, engine }, found) {
      const version = await ifKnown(engine());
      if (version)
        found.ok('engine-api', `The ${apiRange(version)}; ${negotiateApi(version, name)} is used (tsmachine: up to ${newestApi})`);
    },
  },
  {
    name: 'docker-client',
    async run({ name, engine, machine, client: readClient }, found) {
      const [version, client] = await Promise.all([ifKnown(engine()), ifKnown(readClient())]);
      if (!version || !client) return;
      const range = apiRange(version);
      if (compareApi(client.api, version.MinAPIVersion) < 0) {
        const message = `The docker client ${client.version} speaks API up to ${client.api}, which is too old: the ${range}`;
        found.fault('docker-client', message, 'Upgrade the docker client');
      } else if (compareApi(version.ApiVersion, client.oldestApi) < 0) {
        const message = `The docker client ${client.version} needs API ${client.oldestApi} or later: the ${range}`;
        const ours = (await ifKnown(machine()))?.module.features.provision !== false;
        found.fault('docker-client', message, ours ? run('upgrade', name) : `Upgrade the engine of ${name} where it runs`);
      }
    },
  },
];

function apiRange({ Version: version, MinAPIVersion: oldest, ApiVersion: newest }: EngineVersion): string {
  return `engine ${version} speaks API ${oldest} to ${newest}`;
}

const reasons: Readonly<Record<Reason, string>> = {
  refused: 'Connection refused',
  timeout: 'Connection timed out',
  name: 'Name not found',
  'no-route': 'No route',
  tls: 'TLS fails',
  other: 'No answer',
};

/** What the host itself says, when it can be asked, shows which firewall is in the way. */
async function reportUnreachable(found: Findings, subject: MachineSubject, error: unknown): Promise<void> {
  const { reasonOf } = await import('../docker/call/reason.js');
  const { text, hint } = TsmachineError.from(error);
  const reason = reasonOf(error);
  const message = say`${reasons[reason]}: ${text}`;
  if ((await ifKnown(subject.machine()))?.module.features.provision === false) {
    found.fault('engine', message, `${subject.name} is only a URL here: look at that engine where it runs`);
    return;
  }
  const { facts: host, barrier } = (await ifKnown(subject.host())) ?? {};
  const blocked = reason === 'refused' || reason === 'timeout' || reason === 'no-route';
  if (blocked && barrier && host?.engine?.running === true) {
    found.fault('engine', say`${message}; ${barrierText(barrier)}`, run('ssh', subject.name, barrier.openCommand));
  } else if (reason === 'timeout' && host) {
    found.fault(
      'engine',
      say`${message}; no firewall rule was found on the host itself that drops it`,
      'Open the port in the firewall or security group of its network',
    );
  } else if (reason === 'refused' && host) {
    found.fault('engine', message, run('provision', subject.name));
  } else {
    found.fault('engine', message, hint);
  }
}
