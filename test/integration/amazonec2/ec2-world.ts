import { flagValues, type FlagValues } from '../../../src/base/flags.js';
import type { DriverData } from '../../../src/driver/contract.js';
import { openAws, type Caller, type Ec2 } from '../../../drivers/amazonec2/api.js';
import { readConfig, type Config } from '../../../drivers/amazonec2/config.js';
import { flags as specs } from '../../../drivers/amazonec2/flags.js';
import { parseConfig } from '../../../drivers/amazonec2/parse.js';
import { firstKey, type AccessKey, type Call, type Ec2StandIn } from '../../stand-ins/ec2/index.js';

/** The machine's data that these flags make, on the stand-in. */
export function dataOf(cloud: Ec2StandIn, flags: FlagValues = {}): DriverData {
  const given = { 'amazonec2-region': 'eu-central-1', ...flags };
  return {
    ...parseConfig({ machineName: 'm1', storePath: '/store', machineDir: '/store/machines/m1', flags: flagValues(specs, given, {}) }),
    Endpoint: cloud.url,
  };
}

export function configOf(cloud: Ec2StandIn, flags: FlagValues = {}): Config {
  return readConfig(dataOf(cloud, flags));
}

/** A caller of its own: what one run knows, no other does. */
export function caller(): Caller {
  return {
    signal: new AbortController().signal,
    limit: (_account, use) => use(),
    ask: () => Promise.resolve(undefined),
    io: { info: () => undefined, warn: () => undefined, debug: () => undefined, progress: () => undefined },
  };
}

export function open(cloud: Ec2StandIn, { key = firstKey, region = 'eu-central-1' }: { key?: AccessKey; region?: string } = {}): Ec2 {
  const keys = { accessKey: key.id, secretKey: key.secret, sessionToken: key.token ?? '' };
  return openAws({ region, endpoint: cloud.url, insecureTransport: false, retries: 2, profile: '', keys }, caller());
}

export const actionsOf = (calls: readonly Call[]) => calls.map(({ action }) => action);
