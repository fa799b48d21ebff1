import type { Address, DriverData, Endpoint, Look, LookFailure, Reason, State } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import { refuseOtherAccount } from '../call/account.js';
import { readConfig, type Config } from '../config.js';
import { addressesOf, hasPublicIpv4, type Instance } from '../network/interfaces.js';
import { instancesWith, isFresh } from './list.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';

const enginePort = 2376;

/** One call. */
export async function lookAt(data: DriverData, ec2: Ec2, pace: Pace): Promise<Look> {
  const config = readConfig(data);
  if (config.instanceId === '') return { state: 'None', addresses: [] };
  const instance = (await instancesWith(ec2, [config.instanceId])).get(config.instanceId);
  if (!instance) await refuseOtherAccount(config, ec2);
  return describe(config, instance, pace);
}

/** One call for as many as two hundred machines. */
export async function lookAtAll(
  machines: ReadonlyMap<string, DriverData>,
  ec2: Ec2,
  pace: Pace,
): Promise<ReadonlyMap<string, Look | LookFailure>> {
  const configs = [...machines].map(([name, data]) => [name, readConfig(data)] as const);
  const ids = configs.flatMap(([, { instanceId: id }]) => (id === '' ? [] : [id]));
  const found = await instancesWith(ec2, [...new Set(ids)]);
  const looks = configs.map(async ([name, config]): Promise<[string, Look | LookFailure]> => {
    const { instanceId: id } = config;
    if (id === '') return [name, { state: 'None', addresses: [] }];
    try {
      if (!found.has(id)) await refuseOtherAccount(config, ec2);
    } catch (error) {
      return [name, { error }];
    }
    return [name, describe(config, found.get(id), pace)];
  });
  return new Map(await Promise.all(looks));
}

/** Docker Machine's words, but for a terminated instance: there is no machine any more. */
const states: Readonly<Record<string, State>> = {
  pending: 'Starting',
  running: 'Running',
  stopping: 'Stopping',
  'shutting-down': 'Stopping',
  stopped: 'Stopped',
  terminated: 'None',
};

/** @param instance undefined when EC2 does not show it */
export function describe(config: Config, instance: Instance | undefined, pace: Pick<Pace, 'now'>): Look {
  const { instanceId: id, region, own } = config;
  if (!instance) {
    if (own.madeAt !== '' && isFresh(own.madeAt, pace)) return { state: 'Starting', addresses: [] };
    return { state: 'None', addresses: [], why: { code: 'gone', text: `EC2 has no instance ${id} in ${region} any more` } };
  }
  const state = states[instance.State?.Name ?? ''] ?? 'Error';
  const why = reasonOf(instance, state);
  const endpoint = state === 'Running' || state === 'Starting' ? endpointOf(config, instance) : { addresses: [] };
  const { dockerUrl, ...reached } = endpoint;
  return { state, ...reached, ...(state === 'Running' && dockerUrl !== undefined ? { dockerUrl } : {}), ...(why && { why }) };
}

/** Where a running instance is reached. Until it has the address that it is to be reached by, nowhere. */
export function endpointOf(config: Config, instance: Instance): Endpoint {
  const addresses = addressesOf(instance, config);
  const [best] = addresses;
  if (best === undefined || isAwaited(config, best)) return { addresses: [] };
  const host = best.ip.includes(':') ? `[${best.ip}]` : best.ip;
  const ssh = { host: best.ip, port: config.sshPort, user: config.sshUser || 'ubuntu', keyPath: config.sshKeyPath };
  return { addresses, ssh, dockerUrl: `tcp://${host}:${enginePort}` };
}

/** Whether a better address than the best one of now will come. */
function isAwaited(config: Config, best: Address): boolean {
  if (config.reachedByIpv6) return !best.ip.includes(':');
  const isPublic = best.scope === 'public' || !hasPublicIpv4(config);
  // with several interfaces EC2 gives no public address by itself
  return !config.reachedPrivately && !isPublic && (config.own.extraSubnetIds.length === 0 || config.own.elasticIp !== '');
}

/** Why it does not run, in Amazon's words (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html). */
function reasonOf(
  { InstanceId: id = '', StateReason: reason, StateTransitionReason: transition = '' }: Instance,
  state: State,
): Reason | undefined {
  const { Code: code = '', Message: message = '' } = reason ?? {};
  const words = message || transition || code;
  if (state === 'None' || state === 'Stopped') {
    if (/^Server\.SpotInstance(Termination|Shutdown)/.test(code))
      return { code: 'reclaimed', text: `AWS took the spot instance ${id} back: ${words}` };
    if (state === 'None') return { code: 'gone', text: `The instance ${id} was terminated: ${words}` };
    // AWS itself: a retired host, a failure
    return /^Server\./.test(code)
      ? { code: 'reclaimed', text: `AWS stopped the instance ${id}: ${words}` }
      : { code: 'stopped', text: words };
  }
  return state === 'Error' ? { code: 'failed', text: `EC2 shows a state of ${id} that nobody knows` } : undefined;
}
