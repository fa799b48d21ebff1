import { TsmachineError } from '../../base/errors.js';
import { lines, run, say } from '../../base/text.js';
import type { Member } from '../reach/member.js';
import type { Swarm } from '../reach/swarm.js';

/** The members that can be changed, and notes about the others. */
export interface RollingMembers {
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Which members can be changed, node by node. A machine that runs and whose engine does not answer can: the change may repair that.
 * @throws TsmachineError SWARM_STATE for members that are off or gone: the change would stop there, in the middle
 */
export function rollingMembers(swarm: Pick<Swarm, 'name' | 'record' | 'members' | 'nodes' | 'machineOf'>): RollingMembers {
  const members = [...swarm.members.values()].filter(({ name }) => swarm.record.members[name]?.node !== undefined);
  const away = members.filter(({ machine, state, unfinished }) => unfinished || machine === undefined || state !== 'Running');
  const [first] = away;
  if (first) {
    const off = away.filter(({ machine, unfinished }) => machine !== undefined && !unfinished).map(({ name }) => name);
    const gone = away.map(({ name }) => name).filter((name) => !off.includes(name));
    throw new TsmachineError('SWARM_STATE', `Every machine of swarm "${swarm.name}" must run: ${away.map(whyAway).join(', ')}`, {
      cause: first.error,
      hint: lines([
        off.length > 0 ? say`Start what is off: ${run('start', ...off)}` : undefined,
        gone.length > 0 ? say`Take out what is gone: ${run('swarm', 'leave', '--force', ...gone)}` : undefined,
      ]),
    });
  }
  const engineOnly = members.filter(({ machine }) => machine?.module.features.provision === false).map(({ name }) => name);
  const strangers = swarm.nodes.filter((node) => swarm.machineOf(node) === undefined).map(({ hostname }) => hostname);
  return {
    names: members.map(({ name }) => name).filter((name) => !engineOnly.includes(name)),
    notes: [
      ...(engineOnly.length > 0 ? [`Left as they are, because only their engines are known: ${engineOnly.join(', ')}`] : []),
      ...(strangers.length > 0 ? [`Left as they are, because they are not machines of this store: ${strangers.join(', ')}`] : []),
    ],
  };
}

function whyAway({ name, machine, state, unfinished, error }: Member): string {
  if (error && state === undefined) return `${name} is in an unknown state (${error.message})`;
  if (machine === undefined) return `${name} is not a machine of this store`;
  return unfinished ? `${name} is not finished` : `${name} is ${state ?? 'unknown'}`;
}
