import { X509Certificate } from 'node:crypto';

import type { HostFacts } from '../../provision/look/detect.js';
import { readIfExists } from '../../system/files/atomic.js';
import { engineTarget, runningEngineUrl } from './engine.js';
import { TsmachineError } from '../../base/errors.js';
import type { Machine } from '../machine.js';
import type { Session } from '../session.js';
import { waitFor } from '../../base/wait.js';

/** How long a restarted engine may take until it answers, in milliseconds. */
const engineTimeout = 60_000;

/**
 * Readiness is the engine answering `/version` over mutual TLS from here, with the certificate that was made for it.
 * @throws TsmachineError ENGINE_UNREACHABLE with the host's firewall named, ENGINE_TLS, CERT_NOT_SERVED
 */
export async function verifyEngine(session: Session, machine: Machine, facts?: HostFacts): Promise<string> {
  session.io.info('Checking connection to Docker...');
  const target = await engineTarget(machine.config, await runningEngineUrl(machine));
  const [{ handshake }, { openEngine }] = await Promise.all([import('../../docker/handshake.js'), import('../../docker/client.js')]);
  let last: TsmachineError | undefined;
  const served = await waitFor(
    async () => {
      try {
        return await handshake(target, { signal: session.signal, timeout: 5000 });
      } catch (error) {
        // Refused: the engine is still starting. Anything else does not mend itself.
        if (!TsmachineError.is(error) || error.code !== 'ENGINE_UNREACHABLE') throw error;
        last = error;
        return undefined;
      }
    },
    { timeout: facts ? engineTimeout / 4 : engineTimeout, signal: session.signal, what: `the engine of ${machine.name} to answer` },
  ).catch((error: unknown) => {
    throw unreachable(error, last, facts);
  });
  await compareServed(session, machine, served.fingerprint256);
  const engine = openEngine(target, { signal: session.signal });
  try {
    return (await engine.version()).Version;
  } finally {
    engine.close();
  }
}

async function compareServed(session: Session, machine: Machine, fingerprint: string): Promise<void> {
  const pem = await readIfExists(session.store.machine(machine.name).serverCert);
  if (pem === undefined || new X509Certificate(pem).fingerprint256 === fingerprint) return;
  throw new TsmachineError('CERT_NOT_SERVED', `The engine of ${machine.name} serves another certificate than the one made for it`, {
    hint: `Something else configures that engine. Look at it with: tsmachine ssh ${machine.name} systemctl cat docker`,
  });
}

function unreachable(error: unknown, last: TsmachineError | undefined, facts: HostFacts | undefined): unknown {
  if (!last || !TsmachineError.is(error) || error.code !== 'WAIT_TIMEOUT') return error;
  const firewall = facts?.firewall;
  if (firewall === undefined) return last;
  return new TsmachineError(last.code, `${last.message}; ${firewall.name} is active on the host`, {
    cause: last,
    hint: `Open the port there: ${firewall.openCommand}`,
  });
}
