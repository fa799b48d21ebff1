import type { DriverContext, DriverData, FlagValues } from '../../src/driver/contract.js';
import { numberOf, textFlag, textOf } from '../../src/driver/kit/data.js';
import type { Keys, OpenEc2, Place } from './api.js';
import { readConfig } from './config.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const none: Environment = {};

/**
 * Where the calls of a machine go, and as whom. What was typed comes first: keys, then a profile. Then what the machine's own data says:
 * the profile it was made with, or keys in a config.json of Docker Machine's. Then the environment, and the rest of the SDK's chain.
 * @param secrets the flags that every command takes, as given or from the environment
 * @param env tells what was typed from what was set
 */
export function placeOf(data: DriverData, secrets: FlagValues, env: Environment = none): Place {
  const { instanceId } = readConfig(data);
  const { typedKeys, typedProfile } = typed(secrets, env);
  const stored = keysFrom(textOf(data, 'AccessKey'), textOf(data, 'SecretKey'), textOf(data, 'SessionToken'));
  if (typedKeys) return { ...target(data), profile: '', keys: typedKeys };
  if (typedProfile !== '') return { ...target(data), profile: typedProfile };
  if (stored) return { ...target(data), profile: '', keys: stored, otherwise: { place: usual(data, secrets), instanceId } };
  return usual(data, secrets);
}

/** In words for people, as whom calls for no machine in particular are made. */
export function wordsOf(secrets: FlagValues, env: Environment = none): string {
  const { typedKeys } = typed(secrets, env);
  if (typedKeys) return 'the keys that were given';
  const { keys, profile } = placeOf({}, secrets, env);
  if (keys) return 'the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  return profile === '' ? 'the usual credentials of AWS (profile default, SSO, role)' : `the profile ${profile}`;
}

/** The profile that a new machine remembers: keys come before one that is merely set. */
export function profileToKeep(flags: FlagValues, env: Environment = none): string {
  const { typedKeys, typedProfile } = typed(flags, env);
  if (typedKeys) return '';
  return typedProfile || (given(flags) ? '' : textFlag(flags, 'amazonec2-profile'));
}

function typed(secrets: FlagValues, env: Environment): { readonly typedKeys: Keys | undefined; readonly typedProfile: string } {
  const keys = given(secrets);
  const profile = textFlag(secrets, 'amazonec2-profile');
  return {
    typedKeys: keys?.accessKey === env['AWS_ACCESS_KEY_ID'] && keys?.secretKey === env['AWS_SECRET_ACCESS_KEY'] ? undefined : keys,
    typedProfile: profile === env['AWS_PROFILE'] ? '' : profile,
  };
}

/** Without anything typed or stored. */
function usual(data: DriverData, secrets: FlagValues): Place {
  const { profile } = readConfig(data).own;
  const keys = profile === '' ? given(secrets) : undefined;
  return { ...target(data), profile: keys ? '' : profile || textFlag(secrets, 'amazonec2-profile'), ...(keys ? { keys } : {}) };
}

function given(secrets: FlagValues): Keys | undefined {
  const [accessKey, secretKey] = [textFlag(secrets, 'amazonec2-access-key'), textFlag(secrets, 'amazonec2-secret-key')];
  return keysFrom(accessKey, secretKey, textFlag(secrets, 'amazonec2-session-token'));
}

function keysFrom(accessKey: string, secretKey: string, sessionToken: string): Keys | undefined {
  return accessKey === '' || secretKey === '' ? undefined : { accessKey, secretKey, sessionToken };
}

function target(data: DriverData): Omit<Place, 'profile'> {
  return {
    region: textOf(data, 'Region'),
    endpoint: textOf(data, 'Endpoint'),
    insecureTransport: data['DisableSSL'] === true,
    retries: Math.max(0, numberOf(data, 'RetryCount', 5)),
  };
}

/**
 * Takes Docker Machine's keys out of the machine's data once the usual credentials reach its instance: until then the machine has no
 * others. Asks nobody for a code.
 */
export async function dropStoredKeys(place: Place, ctx: DriverContext, open: OpenEc2): Promise<void> {
  const { otherwise } = place;
  if (!otherwise || otherwise.instanceId === '') return;
  const ec2 = open({ ...otherwise.place, retries: 0 }, { ...ctx, ask: () => Promise.resolve(undefined) });
  try {
    await ec2.call('DescribeInstances', { InstanceIds: [otherwise.instanceId] });
  } catch (error) {
    ctx.signal.throwIfAborted();
    ctx.io.debug(`The keys in config.json are still needed: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  await ctx.keep({ AccessKey: '', SecretKey: '', SessionToken: '' });
  ctx.io.info(`Took the keys of AWS out of the config.json of ${ctx.machineName}: the usual credentials reach its account`);
}
