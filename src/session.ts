import { contextFollower } from './machine/context-follower.js';
import { openMachineSession, type Session, type SessionOptions } from './machine/session.js';
import { classicSwarmFollower, membershipFollower } from './swarm/followers.js';

export type { Secrets, Session, SessionOptions } from './machine/session.js';

/** What follows a change of a machine, in the order in which it is told. */
const followers = [contextFollower, classicSwarmFollower, membershipFollower];

/** Opens a store, with everything that follows its machines: docker's contexts, classic swarms, swarms. */
export function openSession(options: SessionOptions): Session {
  return openMachineSession(options, followers);
}
