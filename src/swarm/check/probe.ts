import { randomBytes } from 'node:crypto';

import type { Account } from './rules/pairs.js';
import { portsOf, targetLine, type Target } from './rules/probes.js';
import type { CheckSettings } from './rules/settings.js';
import { messageOf } from '../../base/errors.js';
import { say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { lifetime, Listener, runProgram, type Parameters } from './listener.js';
import type { Visited } from './visits.js';

/** Has every machine send to every other one, all at once. @returns what each printed, in the order of the machines */
export async function probeAll(session: Session, visited: readonly Visited[], settings: CheckSettings): Promise<Account[]> {
  const targets = visited.map(({ member }): Target => ({ name: member.name, address: member.address ?? '', manager: member.manager }));
  const base = parametersOf(targets, settings);
  session.io.progress('Listening on every machine');
  const listeners = visited.map(({ connection, member: { name } }, i) =>
    connection ? new Listener(connection, name, { ...base, SELF: String(i) }) : undefined,
  );
  await Promise.all(
    listeners.map(async (listener) => {
      await listener?.listening();
    }),
  );
  session.signal.throwIfAborted();
  session.io.progress('Sending from every machine to every other one');
  const sent = await Promise.all(
    visited.map(async ({ connection }, i) => {
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
  return visited.map(({ member }, i) => account(member.name, member.address, listeners[i], sent[i] ?? []));
}

function account(name: string, address: string | undefined, listener: Listener | undefined, sent: readonly string[]): Account {
  const absent = !listener ? `there is no login on ${name}` : address === undefined ? `${name} has no address` : listener.absent;
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
