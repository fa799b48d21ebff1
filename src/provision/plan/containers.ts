import type { EngineFacts } from '../look/facts.js';

/** The number of running containers in words, and the form of "keep" that goes with it. */
export function describeContainers({ runningContainers: count }: EngineFacts): { text: string; keep: string } {
  return count === 1 ? { text: '1 running container', keep: 'keeps' } : { text: `${count} running containers`, keep: 'keep' };
}
