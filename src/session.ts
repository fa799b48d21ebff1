import { contextFollower } from './machine/context-follower.js';
import { openMachineSession, type Session, type SessionOptions } from './machine/session.js';
import { classicSwarmFollower, membershipFollower } from './swarm/followers.js';

export type { Session, SessionOptions } from './machine/session.js';

/** What reacts to changes of machines, in the order in which it is notified. */
const followers = [contextFollower, classicSwarmFollower, membershipFollower];

/** Opens a store, with everything that reacts to changes of its machines: Docker contexts, classic swarms, swarms. */
export function openSession(options: SessionOptions): Session {
  return openMachineSession(options, followers);
}
