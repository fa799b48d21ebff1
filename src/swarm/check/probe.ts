import { randomBytes } from 'node:crypto';

import type { ProbeOutput } from './rules/pairs.js';
import { portsOf, targetLine, type Target } from './rules/probes.js';
import type { CheckSettings } from './rules/settings.js';
import { messageOf } from '../../base/errors.js';
import { say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { lifetime, Listener, runProgram, type Parameters } from './listener.js';
import type { InspectedMachine } from './machines.js';

/** Sends probes from every machine to every other one, all at once. @returns the output of each machine, in the order of the machines */
export async function probeAll(session: Session, inspected: readonly InspectedMachine[], settings: CheckSettings): Promise<ProbeOutput[]> {
  const targets = inspected.map(({ member }): Target => ({ name: member.name, address: member.address ?? '', manager: member.manager }));
  const base = parametersOf(targets, settings);
  session.io.progress('Starting a listener on every machine');
  const listeners = inspected.map(({ connection, member: { name } }, i) =>
    connection ? new Listener(connection, name, { ...base, SELF: String(i) }) : undefined,
  );
  await Promise.all(
    listeners.map(async (listener) => {
      await listener?.listening();
    }),
  );
  session.signal.throwIfAborted();
  session.io.progress('Sending probes from every machine to every other one');
  const sent = await Promise.all(
    inspected.map(async ({ connection }, i) => {
      const lines: string[] = [];
      if (!connection || listeners[i]?.absent !== undefined) return lines;
      const to = targets.flatMap((target, j) => {
        const heard = target.address !== '' && listeners[j] !== undefined && listeners[j].absent === undefined;
        return heard && i !== j ? [targetLine(j, target, settings)] : [];
      });
      try {
        await runProgram(connection, 'send', { ...base, SELF: String(i), TARGETS: to.join('\n') }, (line) => {
          lines.push(line);
        });
      } catch (error) {
        session.signal.throwIfAborted();
        session.io.debug(say`Sending from ${targets[i]?.name ?? ''}: ${messageOf(error)}`);
      }
      return lines;
    }),
  );
  await Promise.all(
    listeners.map(async (listener, i) => {
      await listener?.stop().catch((error: unknown) => {
        session.io.debug(say`Listening on ${targets[i]?.name ?? ''}: ${messageOf(error)}`);
      });
    }),
  );
  session.signal.throwIfAborted();
  return inspected.map(({ member }, i) => outputOf(member.name, member.address, listeners[i], sent[i] ?? []));
}

function outputOf(name: string, address: string | undefined, listener: Listener | undefined, sent: readonly string[]): ProbeOutput {
  const absent = !listener ? `there is no SSH connection to ${name}` : address === undefined ? `${name} has no address` : listener.absent;
  return { ...(absent !== undefined && { absent }), heard: listener?.heard ?? [], sent };
}

function parametersOf(targets: readonly Target[], settings: CheckSettings): Parameters {
  const ports = portsOf(settings);
  const families = new Set(targets.filter(({ address }) => address !== '').map(({ address }) => (address.includes(':') ? '6' : '4')));
  return {
    TOKEN: randomBytes(8).toString('hex'),
    SECONDS: String(lifetime),
    SELF: '',
    FAMILIES: [...families].join(' '),
    TCP: ports.tcp.join(' '),
    UDP: ports.udp.join(' '),
    ESP: settings.esp ? '1' : '',
    TARGETS: '',
  };
}
