import { lines, run, say, type Command, type Text } from '../../base/text.js';
import type { Unallocated } from '../engine/allocation.js';
import { subnetFault } from '../model/address-pool.js';

/** The pools of a swarm, and what its managers have allocated nothing for. */
export interface NetworkFacts extends Unallocated {
  readonly pools: readonly string[];
  readonly subnetSize: number;
}

/**
 * Networks that get no addresses, and tasks that therefore stay New: their services never start, and no engine says why.
 * @param manager the machine of a manager, for the command that makes the swarm anew
 */
export function networkProblems(
  swarm: string,
  { pools, subnetSize, networks, services }: NetworkFacts,
  { manager, onManager }: { manager: string; onManager: Command },
): { readonly message: Text; readonly fix: Text }[] {
  const wrong = subnetFault(pools, subnetSize);
  const tasks = services.map(({ name, tasks: count }) => ({
    message: `Service ${name}: ${count === 1 ? '1 task stays' : `${count} tasks stay`} New, because the swarm allocates nothing for it`,
    fix: lines([onManager, `docker service inspect --pretty ${name}`]) ?? '',
  }));
  if (wrong !== undefined) {
    const end = run('swarm', 'down', '--keep-machines', swarm);
    const again = run('swarm', 'init', '--name', swarm, ...pools.flatMap((pool) => ['--default-addr-pool', pool]), manager);
    return [{ message: wrong, fix: say`The pool of a swarm cannot be changed. Make it anew: ${end}, then ${again}` }, ...tasks];
  }
  return [
    ...networks.map((name) => ({
      message: `Network ${name} gets no addresses: the pool ${pools.join(', ')} may be used up, or its subnet overlaps another`,
      fix: lines([onManager, `docker network rm ${name}`, `docker network create -d overlay --subnet 10.200.0.0/24 ${name}`]) ?? '',
    })),
    ...tasks,
  ];
}
