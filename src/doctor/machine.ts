import type { Finding } from '../base/findings.js';
import { run, say, type Text } from '../base/text.js';
import type { Session } from '../machine/session.js';
import { accessChecks } from './access.js';
import { checkCopies, checkExpiryOf } from './certificates.js';
import { ifKnown, startChecks, type Check } from './check.js';
import type { DockerClient } from './docker-client.js';
import { engineChecks } from './engine.js';
import { hostChecks } from './host.js';
import { MachineSubject } from './machine-subject.js';
import { swarmChecks } from './swarm.js';

/** What is known of a machine after its checks. */
export interface ExaminedMachine {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** The engine's URL, when the machine has one. */
  readonly url: string | undefined;
  /** Whether the engine answered. */
  readonly reachable: boolean;
}

const machineChecks: readonly Check<MachineSubject>[] = [
  {
    name: 'creation',
    async run({ name, journal }, found) {
      const unfinished = await journal();
      if (!unfinished) return;
      const { command, driver, done, startedAt } = unfinished;
      const again: Text = command ? run(...command) : say`${run('create', '-d', driver, '...', name)} (with the flags it had)`;
      found.warning(
        'creation',
        `Its creation, begun ${startedAt}, stopped after step "${done.at(-1) ?? 'none'}"`,
        say`${again}; or, to undo it: ${run('rm', '-y', name)}`,
      );
    },
  },
  {
    name: 'config',
    async run({ machine }, found) {
      found.ok('config', `Driver ${(await machine()).module.name}`);
    },
  },
  {
    name: 'server-certificate',
    async run({ session, finished }, found) {
      const machine = await finished();
      if (machine) await checkExpiryOf(session, found, machine);
    },
  },
  {
    name: 'certificate-copies',
    async run({ session, finished }, found) {
      const machine = await finished();
      if (machine) await checkCopies(session, found, machine);
    },
  },
  {
    name: 'state',
    async run({ name, state }, found) {
      const word = await state();
      if (word === 'Running') found.ok('state', 'Running');
      else if (word !== undefined) found.warning('state', `It is ${word.toLowerCase()}: nothing else can be checked`, run('start', name));
    },
  },
  {
    name: 'address',
    async run({ endpoint }) {
      await endpoint();
    },
  },
  ...accessChecks,
  ...hostChecks,
  ...engineChecks,
  ...swarmChecks,
];

interface ExamineMachineOptions {
  readonly client: () => Promise<DockerClient>;
  /** Milliseconds for all checks together. */
  readonly timeout: number;
}

/** Every check of one machine. What takes too long is cut off and reported, with everything that was found before. */
export async function examineMachine(session: Session, name: string, { client, timeout }: ExamineMachineOptions): Promise<ExaminedMachine> {
  const deadline = AbortSignal.timeout(timeout);
  const signal = AbortSignal.any([session.signal, deadline]);
  const subject = new MachineSubject({ ...session, io: debugOnly(session), signal }, name, client);
  const checks = startChecks(machineChecks, subject, signal, name);
  const late: Finding[] = [];
  try {
    await Promise.race([checks.done, rejectOn(deadline)]);
  } catch (error) {
    session.signal.throwIfAborted();
    if (!deadline.aborted) throw error;
    const message = `Not every check finished within ${Math.round(timeout / 1000)} s`;
    late.push({ check: 'timeout', machine: name, level: 'fault', message, fix: run('status', name) });
  }
  const [endpoint, engine] = deadline.aborted ? [] : await Promise.all([ifKnown(subject.endpoint()), ifKnown(subject.engine())]);
  return { name, findings: [...checks.findings(), ...late], url: endpoint?.dockerUrl, reachable: engine !== undefined };
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('too late'));
    };
    signal.addEventListener('abort', fail, { once: true });
  });
}

/** Checks report by findings alone; a passphrase or password may still be asked for. */
function debugOnly({ io }: Session): Session['io'] {
  const debug = (text: Text) => {
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
