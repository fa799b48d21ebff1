import type { Node } from '../engine/nodes.js';
import { TsmachineError } from '../../base/errors.js';
import { run } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { findSwarm } from '../reach/find.js';
import { lockSwarm } from '../reach/lock.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';

/** A machine and the node that it is. */
export interface MachineNode {
  readonly name: string;
  readonly node: Node;
}

/**
 * Works on machines that are nodes, one swarm after the other, each under its lock. All are known to be nodes before the first is touched.
 * @throws TsmachineError SWARM_STATE for a machine that is no node; SWARM_LOCKED, SWARM_QUORUM without a manager that answers
 */
export async function onNodes(
  session: Session,
  names: readonly string[],
  work: (swarm: Swarm, nodes: readonly MachineNode[]) => Promise<void>,
): Promise<void> {
  const bySwarm = new Map<string, string[]>();
  for (const name of new Set(names)) {
    const swarm = await findSwarm(session, name);
    bySwarm.set(swarm.name, [...(bySwarm.get(swarm.name) ?? []), name]);
  }
  for (const [name, members] of bySwarm) {
    await lockSwarm(session, name, async () => {
      await withSwarm(
        session,
        await findSwarm(session, name),
        async (swarm) => {
          await work(
            swarm,
            members.map((member) => nodeOf(swarm, member)),
          );
        },
        members,
      );
    });
  }
}

/** @throws TsmachineError */
export function nodeOf(swarm: Swarm, name: string): MachineNode {
  if (!swarm.manager) throw swarm.whyNoManager();
  const node = swarm.nodeOf(name);
  if (node) return { name, node };
  const role = swarm.record.members[name]?.role ?? 'worker';
  throw new TsmachineError('SWARM_STATE', `${name} is not a node of swarm "${swarm.name}"`, {
    hint: run('swarm', 'join', '--role', role, name),
  });
}
