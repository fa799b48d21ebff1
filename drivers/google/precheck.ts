import type { DriverContext } from '../../src/driver/contract.js';
import { together } from '../../src/driver/kit/cloud/call/together.js';
import { checkUserData } from './access/boot.js';
import type { Gce } from './api.js';
import { candidatesOf } from './choose/candidates.js';
import { projectOf } from './choose/project.js';
import { readConfig } from './config.js';
import { existing } from './life/existing.js';
import { checkAccess } from './network/access.js';
import { isNamed, usersAddress } from './network/address.js';
import { whereOf } from './network/where.js';

/**
 * Refuses what cannot work before anything is made: who asks, the project, image, type, zone and network, the user's files and address.
 * What `create` asks again within the minute is not asked twice.
 */
export async function precheckMachine(ctx: DriverContext, gce: Gce): Promise<void> {
  const config = readConfig(ctx.data());
  await projectOf(gce);
  if (config.useExisting) {
    await existing(config, gce);
    return;
  }
  await together([
    candidatesOf(config, gce),
    whereOf(config, gce),
    checkUserData(config, ctx),
    isNamed(config) ? usersAddress(config, gce) : Promise.resolve(undefined),
    checkAccess(config, ctx),
  ]);
}
