import { listNodes } from '../swarm/engine/nodes.js';
import { readingOnce } from '../machine/engine/engine.js';
import type { Session } from '../machine/session.js';
import { swarmOf } from '../swarm/reach/find.js';
import { hostAddresses } from '../swarm/reach/host-addresses.js';
import { lookAtMember, type Member } from '../swarm/reach/member.js';
import type { Findings } from '../base/findings.js';

/** Whether a machine has its place in the swarm that the store knows it in. A machine in no swarm costs one look at a folder. */
export async function checkSwarm(session: Session, found: Findings, name: string): Promise<void> {
  const record = await swarmOf(session, name);
  if (!record) return;
  const member = await lookAtMember(session, name, readingOnce());
  try {
    const { role = 'worker' } = record.members[name] ?? {};
    if (member.membership && (await checkState(session, found, member, { swarm: record.name, role })))
      await checkNodes(found, member, record.name);
  } finally {
    member.engine?.close();
  }
}

/** @returns whether the machine takes part */
async function checkState(
  session: Session,
  found: Findings,
  { name, machine, membership, addresses = [] }: Member,
  { swarm, role }: { swarm: string; role: 'manager' | 'worker' },
): Promise<boolean> {
  const { state, error, address, control, cluster } = membership ?? {};
  const join = `tsmachine swarm join --to ${swarm} --role ${role} ${name}`;
  if (state === 'locked')
    found.fault('swarm', `The manager is locked: it takes no part in swarm "${swarm}"`, `tsmachine swarm unlock ${swarm}`);
  else if (state === 'inactive') found.fault('swarm', `It is no node of swarm "${swarm}" any longer`, join);
  else if (state === 'pending')
    found.warning(
      'swarm',
      `It is about to join swarm "${swarm}"${error === undefined ? '' : `: ${error}`}`,
      `tsmachine swarm status ${swarm}`,
    );
  else if (state === 'error') found.fault('swarm', `It cannot take part in swarm "${swarm}": ${error ?? 'the engine says no more'}`, join);
  else if (control === true && cluster === undefined) {
    found.fault(
      'swarm',
      `Swarm "${swarm}" has lost its quorum${error === undefined ? '' : `: ${error}`}`,
      `Start its managers; when they are lost: tsmachine swarm recover ${swarm}`,
    );
  } else if (machine && address !== undefined && !addresses.includes(address)) {
    const here = (await hostAddresses(session, machine))?.map(({ ip }) => ip);
    if (here === undefined || here.includes(address)) return true;
    const mend = role === 'worker' ? `tsmachine restart ${name}` : `tsmachine swarm leave ${name}, then ${join}`;
    found.fault('swarm', `The other nodes of swarm "${swarm}" look for it at ${address}, and it is at ${addresses.join(', ')}`, mend);
  } else return true;
  return false;
}

/** The leader tells of nodes that nobody else tells of, because they do not answer. */
async function checkNodes(found: Findings, { engine, membership }: Member, swarm: string): Promise<void> {
  if (!engine || membership?.control !== true) {
    found.ok('swarm', `It is a worker of swarm "${swarm}"`);
    return;
  }
  const nodes = await listNodes(engine);
  found.ok('swarm', `It is a manager of swarm "${swarm}"`);
  if (nodes.find(({ leader }) => leader)?.id !== membership.nodeId) return;
  for (const { hostname, state, message } of nodes.filter((node) => node.state === 'down' || node.state === 'disconnected')) {
    found.fault(
      'swarm-node',
      `Node ${hostname} of swarm "${swarm}" is ${state}${message === '' ? '' : `: ${message}`}`,
      `tsmachine swarm status ${swarm}`,
    );
  }
}
