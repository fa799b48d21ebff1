import type { Machine } from '../machine/machine.js';
import type { Follower, Session } from '../machine/session.js';

/** The containers of a classic swarm advertise their machine's address, and its manager serves the machine's certificate. */
export const classicSwarmFollower: Follower = {
  name: 'classic swarm',
  async provisioned(session, name, { certificates }) {
    const machine = await classicMember(session, name);
    if (!machine) return;
    const { configureSwarm } = await import('./classic/start.js');
    await configureSwarm(session, machine, certificates);
  },
  async moved(session, name) {
    const machine = await classicMember(session, name);
    if (!machine) return;
    const { provisionAgain } = await import('../machine/provision.js');
    await provisionAgain(session, machine, false);
  },
};

/** The machine, if it was created with `--swarm` or `--swarm-master`. */
async function classicMember(session: Session, name: string): Promise<Machine | undefined> {
  const { openMachine } = await import('../machine/machine.js');
  const machine = await openMachine(session, name);
  return machine.config.HostOptions.SwarmOptions.IsSwarm ? machine : undefined;
}

/** A machine that is back joins its swarm again. */
export const membershipFollower: Follower = {
  name: 'swarm membership',
  async returned(session, name) {
    if ((await session.store.swarms.names()).length === 0) return;
    const { takePlace } = await import('./members/take-place.js'); // most machines are in no swarm
    await takePlace(session, name);
  },
};

/** The same session without the membership follower, for work on a swarm that joins its machines itself. */
export function withoutMembership(session: Session): Session {
  return { ...session, followers: session.followers.filter((follower) => follower !== membershipFollower) };
}
