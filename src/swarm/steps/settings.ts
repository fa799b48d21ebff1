import { readCluster, updateCluster, withSettings } from '../engine/cluster.js';
import { keepUnlockKey } from '../members/init.js';
import type { SwarmSettings } from '../model/declaration.js';
import type { Swarm } from '../reach/swarm.js';

/** Gives the swarm these settings. Autolock may have made a key, which the store must know before a manager restarts. */
export async function changeSettings(swarm: Swarm, settings: SwarmSettings): Promise<void> {
  const wanted = await withSettings((await readCluster(swarm.control)).spec, settings);
  await updateCluster(swarm.control, () => wanted);
  await keepUnlockKey(swarm);
}
