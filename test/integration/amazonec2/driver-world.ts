import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openAws, type OpenEc2 } from '../../../drivers/amazonec2/api.js';
import { amazonec2Over } from '../../../drivers/amazonec2/driver.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import type { Driver, FlagValues } from '../../../src/driver/contract.js';
import { firstKey, type AccessKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';

/** Makes one call of EC2, or does something else in its place. */
export type Around = <T>(call: string, carryOut: () => Promise<T>) => Promise<T>;

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

/** The driver over the stand-in, each of its calls through `around`. */
export function driverOn(around: Around = (_call, carryOut) => carryOut(), pace: Pace = countedPace()): Driver {
  const open: OpenEc2 = (place, ctx) => {
    const ec2 = openAws(place, ctx);
    return {
      place,
      call: (action, input) => around(action, () => ec2.call(action, input)),
      recall: (action, input) => around(action, () => ec2.recall(action, input)),
    };
  };
  // keys that are set, not typed: what is typed wins over a machine's profile
  return amazonec2Over({ open, pace, env: { AWS_ACCESS_KEY_ID: firstKey.id, AWS_SECRET_ACCESS_KEY: firstKey.secret } });
}

/** Flags of a machine that reaches the stand-in and looks for no address of this computer. */
export function flagsFor(cloud: Ec2StandIn): FlagValues {
  return { 'amazonec2-endpoint': cloud.url, 'amazonec2-allowed-cidr': ['192.0.2.0/24'], 'amazonec2-retries': 2 };
}

export function secretsOf(key: AccessKey = firstKey): FlagValues {
  return { 'amazonec2-access-key': key.id, 'amazonec2-secret-key': key.secret, 'amazonec2-session-token': key.token ?? '' };
}

export async function emptyFolder(): Promise<{ readonly dir: string; readonly close: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'amazonec2-'));
  return { dir, close: () => rm(dir, { recursive: true, force: true }) };
}
