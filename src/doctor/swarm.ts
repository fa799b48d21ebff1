import type { Findings } from '../base/findings.js';
import { run, say } from '../base/text.js';
import { readingOnce } from '../machine/engine/engine.js';
import type { Session } from '../machine/session.js';
import { listNodes } from '../swarm/engine/nodes.js';
import { swarmOf } from '../swarm/reach/find.js';
import { hostAddresses } from '../swarm/reach/host-addresses.js';
import { lookAtMember, type Member } from '../swarm/reach/member.js';
import { ifKnown, type Check } from './check.js';
import type { MachineSubject } from './machine-subject.js';

/** Whether a machine is a working node of the swarm that the store counts it to. */
export const swarmChecks: readonly Check<MachineSubject>[] = [
  {
    name: 'swarm',
    async run({ session, name, engine }, found) {
      if (!(await ifKnown(engine()))) return;
      const record = await swarmOf(session, name);
      if (!record) return;
      const member = await lookAtMember(session, name, readingOnce());
      try {
        const { role = 'worker' } = record.members[name] ?? {};
        if (member.membership && (await checkMembership(session, found, member, { swarm: record.name, role })))
          await checkNodes(found, member, record.name);
        if (member.error) {
          const { text, hint } = member.error;
          found.fault('swarm', say`The engine does not say whether it takes part in swarm "${record.name}": ${text}`, hint);
        }
      } finally {
        member.engine?.close();
      }
    },
  },
];

/** @returns whether the machine takes part in the swarm */
async function checkMembership(
  session: Session,
  found: Findings,
  { name, machine, membership, addresses = [] }: Member,
  { swarm, role }: { swarm: string; role: 'manager' | 'worker' },
): Promise<boolean> {
  const { state, error, address, control, cluster } = membership ?? {};
  const join = run('swarm', 'join', '--to', swarm, '--role', role, name);
  const why = error === undefined ? '' : `: ${error}`;
  if (state === 'locked') {
    found.fault('swarm', `The manager is locked: it takes no part in swarm "${swarm}"`, run('swarm', 'unlock', swarm));
  } else if (state === 'inactive') {
    found.fault('swarm', `It is no longer a node of swarm "${swarm}"`, join);
  } else if (state === 'pending') {
    found.warning('swarm', `It is still joining swarm "${swarm}"${why}`, run('swarm', 'status', swarm));
  } else if (state === 'error') {
    found.fault('swarm', `It cannot take part in swarm "${swarm}": ${error ?? 'the engine gives no reason'}`, join);
  } else if (control === true && cluster === undefined) {
    found.fault(
      'swarm',
      `Swarm "${swarm}" has lost its quorum${why}`,
      say`Start its managers; if they are lost: ${run('swarm', 'recover', swarm)}`,
    );
  } else if (machine && address !== undefined && !addresses.includes(address)) {
    const here = (await hostAddresses(session, machine))?.map(({ ip }) => ip);
    if (here === undefined || here.includes(address)) return true;
    const fix = role === 'worker' ? run('restart', name) : say`${run('swarm', 'leave', name)}, then ${join}`;
    found.fault('swarm', `The other nodes of swarm "${swarm}" expect it at ${address}, but it is at ${addresses.join(', ')}`, fix);
  } else {
    return true;
  }
  return false;
}

/** The leader also reports the nodes that do not answer, since no check of their own reaches them. */
async function checkNodes(found: Findings, { engine, membership }: Member, swarm: string): Promise<void> {
  if (!engine || membership?.control !== true) {
    found.ok('swarm', `It is a worker of swarm "${swarm}"`);
    return;
  }
  const nodes = await listNodes(engine);
  found.ok('swarm', `It is a manager of swarm "${swarm}"`);
  if (nodes.find(({ leader }) => leader)?.id !== membership.nodeId) return;
  for (const { hostname, state, message } of nodes.filter((node) => node.state === 'down' || node.state === 'disconnected')) {
    const why = message === '' ? '' : `: ${message}`;
    found.fault('swarm-node', `Node ${hostname} of swarm "${swarm}" is ${state}${why}`, run('swarm', 'status', swarm));
  }
}
