import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openArmWith, type Around } from '../../../drivers/azure/api.js';
import type * as Sdk from '../../../drivers/azure/sdk.js';
import { azureOver } from '../../../drivers/azure/driver.js';
import type { Driver, FlagValues } from '../../../src/driver/contract.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { firstPrincipal, firstSubscription, firstTenant, type ArmStandIn, type Principal } from '../../stand-ins/arm/index.js';

/** A clock that goes on when somebody pauses, and never waits. */
export function countedPace(): Pace & { readonly paused: () => number } {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    pause: (milliseconds, signal) => {
      signal.throwIfAborted();
      ahead += milliseconds;
      return Promise.resolve();
    },
    paused: () => ahead,
  };
}

const bundle = join(import.meta.dirname, '../../../dist/drivers/azure/sdk.js');

/** The bundle of the SDK that the build makes, which is what users have; its sources where nothing was built. */
export const loadBundle = (): Promise<typeof Sdk> =>
  existsSync(bundle) ? (import(bundle) as Promise<typeof Sdk>) : import('../../../drivers/azure/sdk.js');

/** The driver over the stand-in, each of its requests through `around`. */
export function driverOn(around?: Around, pace: Pace = countedPace()): Driver {
  return azureOver({ open: openArmWith({ pace, load: loadBundle, ...(around && { around }) }), pace });
}

/** Flags of a machine that reaches the stand-in and looks for no address of this computer. */
export function flagsFor(cloud: ArmStandIn, subscription = firstSubscription): FlagValues {
  return {
    'azure-subscription-id': subscription,
    'azure-endpoint': cloud.url,
    'azure-authority': cloud.url,
    'azure-location': 'westeurope',
    'azure-allowed-cidr': ['192.0.2.0/24'],
    'azure-retries': 2,
  };
}

export function secretsOf({ client, secret, tenant = firstTenant }: Principal = firstPrincipal): FlagValues {
  return { 'azure-client-id': client, 'azure-client-secret': secret ?? '', 'azure-tenant-id': tenant };
}

/** As the core finds them in the environment, for what belongs to no machine. */
export function accountSecrets(cloud: ArmStandIn, subscription = firstSubscription): FlagValues {
  return {
    ...secretsOf(),
    'azure-subscription-id': subscription,
    'azure-environment': 'AzurePublicCloud',
    'azure-endpoint': cloud.url,
    'azure-authority': cloud.url,
  };
}

export async function emptyFolder(): Promise<{ readonly dir: string; readonly close: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'azure-'));
  return { dir, close: () => rm(dir, { recursive: true, force: true }) };
}
