import { changeNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import type { Availability } from '../../base/swarm-node.js';
import { onEach } from '../../machine/choose/each.js';
import type { Session } from '../../machine/session.js';
import { moveTasks } from './leave/depart.js';
import { onNodes, type MachineNode } from './each-member.js';
import { throwFailures } from '../../machine/choose/failures.js';
import type { Swarm } from '../reach/swarm.js';

const words: Readonly<Record<Availability, string>> = {
  active: 'takes tasks',
  pause: 'keeps its tasks and takes no new ones',
  drain: 'takes no tasks',
};

/** Sets whether machines take tasks. For machines that are drained it waits until their tasks run elsewhere. @throws as `onNodes` */
export async function setAvailability(session: Session, names: readonly string[], availability: Availability): Promise<void> {
  await onNodes(session, names, async (swarm, nodes) => {
    throwFailures(
      await onEach(
        nodes.map(({ name }) => name),
        10,
        async (name) => {
          const found = nodes.find((one) => one.name === name);
          if (found) await setOne(swarm, found, availability);
          session.io.info(`${name} ${words[availability]}.`);
        },
      ),
    );
  });
}

async function setOne(swarm: Swarm, { name, node: { id, state } }: MachineNode, availability: Availability): Promise<void> {
  const manager = patient(swarm.control, swarm.session.signal);
  if (availability === 'drain') await moveTasks(swarm, manager, name, { id, answers: state === 'ready' });
  else await changeNode(manager, id, { availability });
}
