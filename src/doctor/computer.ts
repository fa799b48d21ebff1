import { existsSync } from 'node:fs';

import { TsmachineError } from '../base/errors.js';
import type { Findings } from '../base/findings.js';
import { quote } from '../base/quote.js';
import { evaluate, run } from '../base/text.js';
import { engineAddress } from '../docker/call/target.js';
import type { DockerContext } from '../docker/contexts.js';
import { contextsOf, listContexts, type ContextRow } from '../machine/context.js';
import type { Session } from '../machine/session.js';
import { atMost } from '../system/at-most.js';
import { probePort } from '../system/http/probe.js';
import type { Check } from './check.js';
import type { DockerClient } from './docker-client.js';
import type { ExaminedMachine } from './machine.js';

/** Milliseconds for a port that belongs to none of our machines. */
const probeTimeout = 3000;
const probesAtOnce = 16;
const unsetEnvironment = evaluate('env', '-u');

/** This computer: its docker client, and where docker commands go from here. */
export interface Computer {
  readonly session: Session;
  readonly client: () => Promise<DockerClient>;
  /** The machines that were examined. */
  readonly machines: readonly ExaminedMachine[];
}

export const computerChecks: readonly Check<Computer>[] = [
  {
    name: 'gc',
    async run({ session }, found) {
      const { findLeftovers } = await import('../machine/gc/gc.js');
      const items = await findLeftovers(session);
      const removable = items.filter((item) => item.removable).length;
      if (removable > 0)
        found.warning('gc', `Deleted machines or stores left ${removable} thing${removable === 1 ? '' : 's'} behind`, run('gc'));
      else found.ok('gc', 'Nothing is left of deleted machines');
    },
  },
  {
    name: 'docker-client',
    async run({ session, client }, found) {
      try {
        const { version, api } = await client();
        found.ok('docker-client', `docker ${version}, API ${api}`);
      } catch (error) {
        session.signal.throwIfAborted();
        const { code, text, hint } = TsmachineError.from(error);
        found.warning(
          'docker-client',
          code === 'COMMAND_MISSING' ? 'There is no docker client on this computer' : text,
          hint !== undefined && code !== 'COMMAND_MISSING'
            ? hint
            : 'apt-get install docker-cli, or see https://docs.docker.com/engine/install/',
        );
      }
    },
  },
  {
    name: 'docker-host',
    async run(computer, found) {
      const { env, store } = computer.session;
      const { DOCKER_HOST: host = '', DOCKER_MACHINE_NAME: name = '', DOCKER_CERT_PATH: certs = '' } = env;
      if (host === '') return;
      if (name !== '' && !(await store.exists(name)))
        found.warning('docker-host', `DOCKER_MACHINE_NAME is ${name}, and this machine no longer exists`, unsetEnvironment);
      if (certs !== '' && !existsSync(certs))
        found.fault('docker-host', `DOCKER_CERT_PATH points at ${certs}, which does not exist`, unsetEnvironment);
      const why = await whyUnreachable(computer, host);
      if (why === undefined) found.ok('docker-host', `DOCKER_HOST points at ${host}, which answers`);
      else found.fault('docker-host', `DOCKER_HOST points at ${host}: ${why}`, unsetEnvironment);
    },
  },
  {
    name: 'context',
    async run(computer, found) {
      const { session } = computer;
      const contexts = contextsOf(session);
      if (!contexts) return;
      const [all, ours, current] = await Promise.all([contexts.list(), listContexts(session), contexts.current()]);
      const used = session.env['DOCKER_CONTEXT'] || current;
      if (used !== undefined && used !== 'default' && !all.some(({ name }) => name === used))
        found.fault('context', `docker uses the context "${used}", which does not exist`, 'docker context use default');
      const limit = atMost(probesAtOnce);
      const checkOne = (context: DockerContext) =>
        checkContext(
          computer,
          found,
          context,
          ours.find((row) => row.context === context.name),
        );
      await Promise.all(all.map((context) => limit(() => checkOne(context))));
    },
  },
];

/** @param own the row of a context that tsmachine made */
async function checkContext(
  computer: Computer,
  found: Findings,
  { name, host }: DockerContext,
  own: ContextRow | undefined,
): Promise<void> {
  const subject = `The docker context "${name}"`;
  if (own?.state === 'gone') {
    found.warning('context', `${subject} belongs to ${own.machine}, which no longer exists`, run('context', 'rm', own.machine));
  } else if (own?.state === 'stale') {
    found.warning('context', `${subject} has an old address or old certificates`, run('context', 'create', own.machine));
  } else {
    const why = await whyUnreachable(computer, host);
    if (why !== undefined) {
      const fix = own ? run('doctor', own.machine) : `docker context rm ${quote(name)}`;
      found.warning('context', `${subject} leads to ${host}: ${why}`, fix);
    } else if (own) found.ok('context', `${subject} leads to ${host}`);
  }
}

/** Why nothing answers at a docker URL; undefined when something does, or when only docker itself could find out (sockets, ssh). */
async function whyUnreachable({ session, machines }: Computer, url: string): Promise<string | undefined> {
  const machine = machines.find((one) => one.url === url);
  if (machine) return machine.reachable ? undefined : `the engine of ${machine.name} does not answer`;
  if (!url.startsWith('tcp:')) return undefined;
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
