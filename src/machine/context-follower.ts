import type { Follower } from './session.js';

/** A machine's docker context, where it has one, follows its address and its certificates, and goes with it. */
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
