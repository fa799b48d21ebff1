import { TsmachineError } from '../errors.js';
import type { Swarm } from './swarm.js';

/** Members that a change can be made to, and what is said of the others. */
export interface RollingMembers {
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Which members can be changed, node by node. A machine that runs and whose engine does not answer can: that may be what the change mends.
 * @throws TsmachineError SWARM_STATE for members that are off or gone: the change would stop at them, in the middle
 */
export function rollingMembers(swarm: Swarm): RollingMembers {
  const members = [...swarm.members.values()].filter(({ name }) => swarm.record.members[name]?.node !== undefined);
  const away = members.filter(({ machine, state, unfinished }) => unfinished || machine === undefined || state !== 'Running');
  const [first] = away;
  if (first) {
    const names = away.map(({ name }) => name).join(' ');
    const how = away.map(({ name, machine, state, unfinished }) => `${name} ${machine === undefined ? 'is no machine of this store' : unfinished ? 'is not finished' : `is ${state ?? 'in no known state'}`}`);
    throw new TsmachineError('SWARM_STATE', `Every machine of swarm "${swarm.name}" must run: ${how.join(', ')}`, {
      cause: first.error, hint: `Start what is off: tsmachine start ${names}\nTake out what is lost for good: tsmachine swarm leave --force ${names}`,
    });
  }
  const engineOnly = members.filter(({ machine }) => machine?.module.features.provision === false).map(({ name }) => name);
  const strangers = swarm.nodes.filter((node) => swarm.machineOf(node) === undefined).map(({ hostname }) => hostname);
  return {
    names: members.map(({ name }) => name).filter((name) => !engineOnly.includes(name)),
    notes: [
      ...(engineOnly.length > 0 ? [`Left as they are, because only their engines are known: ${engineOnly.join(', ')}`] : []),
      ...(strangers.length > 0 ? [`Left as they are, because they are no machines of this store: ${strangers.join(', ')}`] : []),
    ],
  };
}
