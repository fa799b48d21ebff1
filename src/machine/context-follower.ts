import type { Follower } from './session.js';

/** Keeps a machine's docker context, if it has one, at its address and certificates, and removes it with the machine. */
export const contextFollower: Follower = {
  name: 'docker context',
  async changed(session, machine) {
    const { followMachine } = await import('./context.js');
    await followMachine(session, machine);
  },
  async removed(session, machine) {
    const { forgetMachine } = await import('./context.js');
    await forgetMachine(session, machine);
  },
};
