import type { Session } from '../../machine/session.js';

/** Works on a swarm while no other process does. Says so when it has to wait. */
export function lockSwarm<T>({ store: { swarms }, io, signal }: Session, name: string, work: () => Promise<T>): Promise<T> {
  return swarms.lock(name, work, {
    signal,
    onWait: () => {
      io.progress(`Waiting for another tsmachine that works on swarm "${name}"`);
    },
  });
}
