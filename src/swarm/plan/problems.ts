import { type Text, lines, plain, run, say } from '../../base/text.js';
import type { MemberDeclaration, SwarmDeclaration } from '../model/declaration.js';
import { isSeen } from '../engine/nodes.js';
import { hasQuorum, inNumbers, withoutOne, type Managers } from '../model/quorum.js';
import { isOff } from './machine-steps.js';
import { nodeOf, type PlanProblem, type SeenSwarm } from './seen.js';
import type { Step } from '../steps/steps.js';

/** What is wrong with one machine that is declared. */
export function machineProblems(seen: SeenSwarm, name: string, member: MemberDeclaration): PlanProblem[] {
  const { machine, driver } = member;
  const now = seen.machines.get(machine);
  if (!now?.exists) return [];
  const free = say`Free it first: ${run('swarm', 'leave', '--force', machine)}`;
  const problems: PlanProblem[] = [];
  if (now.otherSwarm !== undefined) {
    problems.push({ code: 'SWARM_FOREIGN', message: `${machine} is in swarm "${now.otherSwarm}" already`, hint: free, blocks: true });
  } else if (isForeign(seen, machine)) {
    const id = now.membership?.cluster;
    problems.push({
      code: 'SWARM_FOREIGN',
      message: `${machine} is in another swarm already${id === undefined ? '' : ` (id ${id})`}, which this store does not know`,
      blocks: true,
      hint:
        id === undefined ? free : lines([free, say`Or take over that swarm as it is: ${run('swarm', 'init', '--name', name, machine)}`]),
    });
  }
  if (!(machine in seen.record) && now.driver !== undefined && now.driver !== driver) {
    problems.push({
      code: 'MACHINE_EXISTS',
      message: `There is a machine "${machine}" of driver ${now.driver}; the swarm needs one of driver ${driver}`,
      blocks: true,
      hint: say`Give the swarm's machine another name, or remove the existing one: ${run('rm', machine)}`,
    });
  }
  if (now.addressFault) problems.push({ ...now.addressFault, blocks: true });
  if (now.error && !now.unfinished) problems.push({ ...now.error, message: aboutMachine(machine, now.error.message), blocks: false });
  else if (!now.unfinished && now.state !== undefined && now.state !== 'Running' && !isOff(now)) {
    problems.push({ code: 'MACHINE_STATE', message: `${machine} is ${now.state}`, hint: run('status', machine), blocks: false });
  }
  if (problems.length === 0) problems.push(...nodeProblems(seen, machine));
  return problems;
}

/** The machine runs, and the managers do not see its node. */
function nodeProblems(seen: SeenSwarm, machine: string): PlanProblem[] {
  const node = nodeOf(seen, machine);
  const state = seen.machines.get(machine)?.membership?.state;
  if (!node || state !== 'active' || isSeen(node)) return [];
  const how = node.state === 'ready' ? 'unreachable as a manager' : `${node.state}${node.message === '' ? '' : ` (${node.message})`}`;
  return [
    {
      code: 'SWARM_STATE',
      message: `${machine} runs, and the managers see its node as ${how}`,
      blocks: false,
      hint: say`${run('swarm', 'check')} shows which ports are blocked between the machines`,
    },
  ];
}

/** Its engine is in a swarm, and that swarm is not this one. */
function isForeign(seen: SeenSwarm, machine: string): boolean {
  const membership = seen.machines.get(machine)?.membership;
  if (membership?.state !== 'active') return false;
  if (membership.cluster !== undefined) return membership.cluster !== seen.cluster;
  if (seen.record[machine]?.node !== undefined && seen.record[machine].node === membership.nodeId) return false;
  if (seen.cluster === undefined) return true;
  return seen.nodes.length > 0 && !nodeOf(seen, machine);
}

function aboutMachine(machine: string, message: Text): Text {
  return plain(message).includes(machine) ? message : say`${machine}: ${message}`;
}

/** No manager answers for the swarm, and no step would change that. */
export function silenceProblems({ silence, machines }: SeenSwarm, { members }: SwarmDeclaration, steps: readonly Step[]): PlanProblem[] {
  if (!silence) return [];
  const wakes = steps.some(
    (step) =>
      step.kind === 'unlock' ||
      (step.kind === 'start' &&
        members.some(({ machine, role }) => machine === step.machine && role === 'manager' && machines.has(machine))),
  );
  return wakes ? [] : [{ ...silence, blocks: true }];
}

/** Counts the managers after each demotion and removal: those that stay must be a majority every time. */
export function quorumProblems(seen: SeenSwarm, steps: readonly Step[]): PlanProblem[] {
  const managers = seen.nodes.filter(({ role }) => role === 'manager');
  const arriving = steps.filter((step) => step.kind === 'promote' || (step.kind === 'join' && step.role === 'manager')).length;
  let left: Managers = { total: managers.length, reachable: managers.filter(({ reachability }) => reachability === 'reachable').length };
  let arrived = false;
  for (const step of steps) {
    if (step.kind !== 'demote' && step.kind !== 'remove' && step.kind !== 'prune') continue;
    const node = step.kind === 'prune' ? seen.nodes.find(({ id }) => id === step.node) : nodeOf(seen, step.machine);
    if (node?.role !== 'manager') continue;
    if (step.kind !== 'prune' && !arrived) {
      left = { total: left.total + arriving, reachable: left.reachable + arriving };
      arrived = true;
    }
    const after = withoutOne(left, node.reachability === 'reachable');
    if (!hasQuorum(after)) {
      const hint = say`Bring the managers that are unreachable back first, or replace them: ${run('swarm', 'status')}`;
      return [
        {
          code: 'SWARM_QUORUM',
          message: `Without ${step.kind === 'prune' ? step.hostname : step.machine} the swarm would lose its quorum: ${inNumbers(after)}`,
          hint,
          blocks: true,
        },
      ];
    }
    left = after;
  }
  return [];
}
