import type { EngineFacts } from '../look/facts.js';

/** The engine's running containers as a sentence names them, and the verb that goes with their number. */
export function containers({ runningContainers: count }: EngineFacts): { text: string; keep: string } {
  return count === 1 ? { text: '1 running container', keep: 'keeps' } : { text: `${count} running containers`, keep: 'keep' };
}
