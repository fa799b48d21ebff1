import { X509Certificate } from 'node:crypto';

import type { RemoteShell } from '../../base/shell.js';
import type { HostFacts } from '../../provision/look/detect-host.js';
import { readIfExists } from '../../system/files/atomic.js';
import { engineTarget, runningEngineUrl } from './engine.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Machine } from '../machine.js';
import type { Session } from '../session.js';
import { waitFor } from '../../base/wait.js';

/** How long a restarted engine may take until it answers, in milliseconds. */
const engineTimeout = 60_000;

export interface KnownHost {
  readonly facts: HostFacts;
  readonly connection: RemoteShell;
}

/**
 * Waits until the engine answers `/version` over mutual TLS from this computer, with the certificate that was made for it.
 * @param host its facts and a login, where there are any: they tell which firewall is in the way
 * @returns the engine's version
 * @throws TsmachineError ENGINE_UNREACHABLE with the host's firewall named, ENGINE_TLS, CERT_NOT_SERVED
 */
export async function verifyEngine(session: Session, machine: Machine, host?: KnownHost): Promise<string> {
  session.io.info('Checking connection to Docker...');
  const target = await engineTarget(machine.config, await runningEngineUrl(machine));
  const [{ handshake }, { openEngine }] = await Promise.all([import('../../docker/handshake.js'), import('../../docker/client.js')]);
  let last: TsmachineError | undefined;
  const served = await waitFor(
    async () => {
      try {
        return await handshake(target, { signal: session.signal, timeout: 5000 });
      } catch (error) {
        // the engine, or a proxy before it, may still be starting; any other failure is final
        if (!TsmachineError.is(error) || !['ENGINE_UNREACHABLE', 'ENGINE_API'].includes(error.code)) throw error;
        last = error;
        return undefined;
      }
    },
    { timeout: host ? engineTimeout / 4 : engineTimeout, signal: session.signal, what: `the engine of ${machine.name} to answer` },
  ).catch(async (error: unknown) => {
    throw await unreachable(error, last, target.url, host);
  });
  await requireOwnCertificate(session, machine, served.fingerprint256);
  const engine = openEngine(target, { signal: session.signal });
  try {
    return (await engine.version()).Version;
  } finally {
    engine.close();
  }
}

async function requireOwnCertificate(session: Session, machine: Machine, fingerprint: string): Promise<void> {
  const pem = await readIfExists(session.store.machine(machine.name).serverCert);
  if (pem === undefined || new X509Certificate(pem).fingerprint256 === fingerprint) return;
  const message = `The engine of ${machine.name} serves another certificate than the one that was made for it`;
  throw new TsmachineError('CERT_NOT_SERVED', message, {
    hint: say`Something else configures that engine. Look at it: ${run('ssh', machine.name, 'systemctl', 'cat', 'docker')}`,
  });
}

async function unreachable(error: unknown, last: TsmachineError | undefined, url: string, host: KnownHost | undefined): Promise<unknown> {
  if (!last || !TsmachineError.is(error) || error.code !== 'WAIT_TIMEOUT') return error;
  if (!host) return last;
  const { behind, findBarrier } = await import('../../provision/look/firewall.js');
  const barrier = await findBarrier(host.connection, host.facts, url);
  return barrier ? behind(last, barrier) : last;
}
