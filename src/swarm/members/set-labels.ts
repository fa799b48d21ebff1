import { changeNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import type { Labels } from '../../base/swarm-node.js';
import type { Session } from '../../machine/session.js';
import { nodeOf, onNodes } from './each-member.js';
import { findSwarm } from '../reach/find.js';
import { changedLabels, parseLabels } from './labels.js';
import { withSwarm } from '../reach/swarm.js';

/** The labels that the node of a machine has. @throws as `onNodes` */
export async function labelsOf(session: Session, name: string): Promise<Labels> {
  return withSwarm(session, await findSwarm(session, name), (swarm) => Promise.resolve(nodeOf(swarm, name).node.labels), [name]);
}

/** @param words `key=value` sets, `key-` removes. @returns all labels it has then. @throws TsmachineError FLAG_INVALID; as `onNodes` */
export async function setLabels(session: Session, name: string, words: readonly string[]): Promise<Labels> {
  const change = parseLabels(words, { removing: true });
  let labels: Labels = {};
  await onNodes(session, [name], async (swarm, nodes) => {
    for (const { node } of nodes) {
      await changeNode(patient(swarm.control, session.signal), node.id, { labels: (now) => (labels = changedLabels(now, change)) });
    }
  });
  return labels;
}
