import { existsSync } from 'node:fs';

import { atMost } from '../system/at-most.js';
import { engineAddress } from '../docker/call/target.js';
import { quote } from '../base/quote.js';
import { probePort } from '../system/http/probe.js';
import { contextsOf, listContexts } from '../machine/context.js';
import { TsmachineError } from '../base/errors.js';
import type { Session } from '../machine/session.js';
import type { Findings } from '../base/findings.js';
import type { Examined } from './machine.js';

/** Milliseconds for a port of a machine that is not ours. */
const probeTimeout = 3000;
const together = 16;
const unset = 'eval $(tsmachine env -u)';

/** Where docker would go from here: the environment, and the contexts. What is dead there makes every docker command fail. */
export async function checkPointers(session: Session, found: Findings, machines: readonly Examined[]): Promise<void> {
  await Promise.all([
    found.attempt('docker-host', () => checkEnvironment(session, found, machines)),
    found.attempt('context', () => checkContexts(session, found, machines)),
  ]);
}

async function checkEnvironment(session: Session, found: Findings, machines: readonly Examined[]): Promise<void> {
  const { DOCKER_HOST: host = '', DOCKER_MACHINE_NAME: name = '', DOCKER_CERT_PATH: certs = '' } = session.env;
  if (host === '') return;
  if (name !== '' && !(await session.store.exists(name))) {
    found.warning('docker-host', `DOCKER_MACHINE_NAME says ${name}, and there is no such machine any more`, unset);
  }
  if (certs !== '' && !existsSync(certs)) found.fault('docker-host', `DOCKER_CERT_PATH points at ${certs}, which does not exist`, unset);
  const why = await deathOf(session, host, machines);
  if (why === undefined) found.ok('docker-host', `DOCKER_HOST points at ${host}, which answers`);
  else found.fault('docker-host', `DOCKER_HOST points at ${host}: ${why}`, unset);
}

async function checkContexts(session: Session, found: Findings, machines: readonly Examined[]): Promise<void> {
  const contexts = contextsOf(session);
  if (!contexts) return;
  const [all, ours, current] = await Promise.all([contexts.list(), listContexts(session), contexts.current()]);
  const used = session.env['DOCKER_CONTEXT'] || current;
  if (used !== undefined && used !== 'default' && !all.some(({ name }) => name === used)) {
    found.fault('context', `docker uses the context "${used}", which does not exist`, 'docker context use default');
  }
  const limit = atMost(together);
  await Promise.all(
    all.map((context) =>
      limit(async () => {
        const own = ours.find((row) => row.context === context.name);
        const subject = `The docker context "${context.name}"`;
        if (own?.state === 'gone')
          return found.warning(
            'context',
            `${subject} is of ${own.machine}, which is no longer there`,
            `tsmachine context rm ${own.machine}`,
          );
        if (own?.state === 'stale')
          return found.warning('context', `${subject} has an old address or old certificates`, `tsmachine context create ${own.machine}`);
        const why = await deathOf(session, context.host, machines);
        if (why === undefined) return own && found.ok('context', `${subject} leads to ${context.host}`);
        const fix = own ? `tsmachine doctor ${own.machine}` : `docker context rm ${quote(context.name)}`;
        found.warning('context', `${subject} leads to ${context.host}: ${why}`, fix);
      }),
    ),
  );
}

/** Why nothing answers at a docker URL; undefined when something does, or when only docker itself could tell (sockets, ssh). */
async function deathOf(session: Session, url: string, machines: readonly Examined[]): Promise<string | undefined> {
  const machine = machines.find((one) => one.url === url);
  if (machine) return machine.reachable ? undefined : `the engine of ${machine.name} does not answer`;
  if (!/^tcp:/.test(url)) return undefined;
  try {
    const at = engineAddress({ url, machine: url });
    if (at.kind !== 'tcp') return undefined;
    const outcome = await probePort(at.host, at.port, { timeout: probeTimeout, signal: session.signal });
    return outcome === 'open' ? undefined : `nothing answers there (${outcome})`;
  } catch (error) {
    if (TsmachineError.is(error)) return error.message;
    throw error;
  }
}
