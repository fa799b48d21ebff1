import type { MemberDeclaration } from '../model/declaration.js';
import { sameLabels } from '../engine/nodes.js';
import { nodeOf, type SeenSwarm } from './seen.js';
import type { Step } from '../steps/steps.js';

/** What has to change about a node of the swarm. */
export function nodeSteps(seen: SeenSwarm, { machine, role, availability, labels }: MemberDeclaration): Step[] {
  const node = nodeOf(seen, machine);
  if (!node) return [];
  const about = { machine, node: node.id };
  const steps: Step[] = [];
  if (role !== node.role) steps.push({ kind: role === 'manager' ? 'promote' : 'demote', ...about });
  if (availability !== node.availability) steps.push({ kind: 'availability', ...about, availability });
  if (declares(labels) && !sameLabels(labels, node.labels)) steps.push({ kind: 'labels', ...about, labels, before: node.labels });
  return steps;
}

/** Whether any label is declared. If none is, those that were set by hand stay. */
export function declares(labels: MemberDeclaration['labels']): boolean {
  return Object.keys(labels).length > 0;
}
