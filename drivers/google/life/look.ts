import type { Address, DriverData, Endpoint, Look, LookFailure, Reason, State } from '../../../src/driver/contract.js';
import { isHostKeyKnown } from '../access/boot.js';
import type { Gce } from '../api.js';
import type { Instance } from '../call/resources.js';
import { lastOf, readConfig, type Config } from '../config.js';
import { instanceAt } from './instance.js';
import { idOf } from './launch.js';

const enginePort = 2376;

/** One call; one more for a spot VM that is off. */
export async function lookAt(data: DriverData, gce: Gce): Promise<Look> {
  const config = readConfig(data);
  if (!isMade(data, config)) return { state: 'None', addresses: [] };
  const instance = await instanceAt(gce, idOf(config.zone, config.machineName));
  return withReclaim(describe(config, instance), config, instance, gce);
}

/** Whether there should be a VM. Docker Machine's files don't say. Pure. */
export function isMade(data: DriverData, { own }: Pick<Config, 'own'>): boolean {
  return own.instanceId !== '' || data['Own'] === undefined;
}

/** One call for as many as five hundred VMs of the project; one more for each that is gone, and for each spot VM that is off. */
export async function lookAtAll(machines: ReadonlyMap<string, DriverData>, gce: Gce): Promise<ReadonlyMap<string, Look | LookFailure>> {
  const configs = [...machines].map(([name, data]) => ({ name, config: readConfig(data), made: isMade(data, readConfig(data)) }));
  const wanted = configs.filter(({ made }) => made).map(({ config }) => config);
  const { found, unreachable } =
    wanted.length === 0 ? { found: new Map<string, Instance>(), unreachable: [] } : await instancesOf(wanted, gce);
  const looks = configs.map(async ({ name, config, made }): Promise<[string, Look | LookFailure]> => {
    if (!made) return [name, { state: 'None', addresses: [] }];
    const id = idOf(config.zone, config.machineName);
    const listed = found.get(id);
    if (!listed && unreachable.some((scope) => scope.endsWith(config.zone)))
      return [name, { error: new Error(`Google cannot reach the zone ${config.zone} now`) }];
    // a list may not show yet what was made a moment ago
    const instance = listed ?? (await instanceAt(gce, id));
    return [name, await withReclaim(describe(config, instance), config, instance, gce)];
  });
  return new Map(await Promise.all(looks));
}

/** By name where there are few: the URL of a filter has its bounds. */
const mostNames = 40;

async function instancesOf(configs: readonly Config[], gce: Gce) {
  const names = [...new Set(configs.map(({ machineName }) => machineName))];
  const filter = names.length > mostNames ? {} : { filter: names.map((name) => `(name = "${name}")`).join(' OR ') };
  const found = new Map<string, Instance>();
  const unreachable: string[] = [];
  for (let pageToken: string | undefined, isFirst = true; isFirst || pageToken !== undefined; isFirst = false) {
    const page = await gce.call('instances.aggregatedList', {
      ...filter,
      maxResults: 500,
      returnPartialSuccess: true,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    for (const { instances = [] } of Object.values(page.items ?? {}))
      for (const instance of instances) found.set(idOf(lastOf(instance.zone), instance.name ?? ''), instance);
    unreachable.push(...(page.unreachables ?? []));
    pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
  }
  return { found, unreachable };
}

/** Docker Machine's words (cloud.google.com/compute/docs/instances/instance-lifecycle); a suspended VM is a saved one. */
const states: Readonly<Record<string, State>> = {
  PROVISIONING: 'Starting',
  STAGING: 'Starting',
  PENDING: 'Starting',
  REPAIRING: 'Starting',
  RUNNING: 'Running',
  STOPPING: 'Stopping',
  PENDING_STOP: 'Stopping',
  SUSPENDING: 'Stopping',
  DEPROVISIONING: 'Stopping',
  SUSPENDED: 'Saved',
  STOPPED: 'Stopped',
  TERMINATED: 'Stopped',
};

/** @param instance undefined when there is none of the name */
export function describe(config: Config, instance: Instance | undefined): Look {
  const { machineName, zone, project, own } = config;
  if (!instance) return gone(`Google has no VM ${machineName} in ${zone} of the project ${project} any more`);
  if (own.instanceId !== '' && instance.id !== undefined && instance.id !== own.instanceId)
    return gone(`The VM ${machineName} in ${zone} is another one now: its number was ${own.instanceId} and is ${instance.id}`);
  const state = states[instance.status ?? ''] ?? 'Error';
  const why = reasonFor(instance, state);
  const { dockerUrl, ...reached } = state === 'Running' || state === 'Starting' ? endpointOf(config, instance) : { addresses: [] };
  return { state, ...reached, ...(state === 'Running' && dockerUrl !== undefined ? { dockerUrl } : {}), ...(why && { why }) };
}

function gone(text: string): Look {
  return { state: 'None', addresses: [], why: { code: 'gone', text } };
}

function reasonFor({ statusMessage = '', status = '' }: Instance, state: State): Reason | undefined {
  if (state === 'Error') return { code: 'failed', text: statusMessage || `Google shows the state ${status}, which nobody here knows` };
  return state === 'Stopped' && statusMessage !== '' ? { code: 'stopped', text: statusMessage } : undefined;
}

/** Where a running VM is reached. Until it has the address that it is to be reached by, nowhere. */
export function endpointOf(config: Config, instance: Instance): Endpoint {
  const addresses = addressesOf(config, instance);
  const [best] = addresses;
  if (best === undefined || (best.scope === 'private' && !config.reachedPrivately)) return { addresses: [] };
  const ssh = { host: best.ip, port: config.sshPort, user: config.sshUser, keyPath: config.sshKeyPath };
  const dockerUrl = `tcp://${best.ip}:${enginePort}`;
  return { addresses, ssh: isHostKeyKnown(config) ? ssh : { ...ssh, hostKeyKnown: false }, dockerUrl };
}

/** The one by which it is reached comes first. Pure. */
export function addressesOf(
  { reachedPrivately }: Pick<Config, 'reachedPrivately'>,
  { networkInterfaces: all = [] }: Instance,
): readonly Address[] {
  const [first] = all;
  const external = first?.accessConfigs?.find(({ natIP }) => natIP !== undefined && natIP !== '')?.natIP;
  const ipv6 = first?.ipv6AccessConfigs?.find(({ externalIpv6 }) => externalIpv6 !== undefined && externalIpv6 !== '')?.externalIpv6;
  const publics = [external, ipv6].flatMap((ip): Address[] => (ip === undefined ? [] : [{ ip, scope: 'public' }]));
  const privates = [first?.networkIP].flatMap((ip): Address[] => (ip === undefined ? [] : [{ ip, scope: 'private' }]));
  return reachedPrivately ? [...privates, ...publics] : [...publics, ...privates];
}

/** Whether it was Google that stopped a spot VM: only its list of operations tells. */
async function withReclaim(look: Look, { zone, machineName }: Config, instance: Instance | undefined, gce: Gce): Promise<Look> {
  const { provisioningModel, preemptible } = instance?.scheduling ?? {};
  if (look.state !== 'Stopped' || !(provisioningModel === 'SPOT' || preemptible === true)) return look;
  const filter = `(operationType = "compute.instances.preempted") (targetId = "${instance?.id ?? ''}")`;
  const { items = [] } = await gce.call('zoneOperations.list', { zone, filter });
  const times = items.map(({ insertTime = '' }) => insertTime).sort();
  const last = times.at(-1);
  const stopped = instance?.lastStopTimestamp ?? '';
  // an older one was followed by a start; what was stopped by somebody afterwards is only stopped
  if (last === undefined || (stopped !== '' && Date.parse(stopped) - Date.parse(last) > reclaimTime)) return look;
  return { ...look, why: { code: 'reclaimed', text: `Google took the spot VM ${machineName} back at ${last}` } };
}

/** Milliseconds that a VM has to shut down when it is taken back, with some to spare. */
const reclaimTime = 180_000;
