import type { InspectedEngine, HostAddress, InspectedHost, Presence } from './rules/facts.js';
import { parseRoutes } from './rules/routes.js';
import { defaultSettings } from './rules/settings.js';
import { bareNetworks } from '../engine/allocation.js';
import { Report } from '../../provision/look/report.js';
import type { SshConnection } from '../../ssh/types.js';
import { engineTarget, runningEngineUrl } from '../../machine/engine/engine.js';
import { clockSkew } from '../../provision/look/clock.js';
import { TsmachineError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import { ask, flag, list, number, object, text, type Shape } from '../../docker/shape.js';
import type { Machine } from '../../machine/machine.js';
import type { Session } from '../../machine/session.js';

/** Milliseconds for the remote command. The whole check must take no more than 15 s. */
const hostTimeout = 8000;
const engineTimeout = 5000;

/** Reads the host's facts with one remote command. @throws TsmachineError REMOTE_COMMAND */
export async function inspectHost(connection: SshConnection, name: string): Promise<InspectedHost> {
  const started = Date.now();
  const { stdout } = await connection.rootScript('swarm/host.sh', {}, { timeout: hostTimeout });
  const ended = Date.now();
  const report = new Report(stdout);
  if (report.first('end') !== 'yes') {
    throw new TsmachineError('REMOTE_COMMAND', `${name}: the script swarm/host.sh did not finish`);
  }
  return {
    hostname: report.first('hostname'),
    machineId: report.first('machine-id'),
    skew: clockSkew(Number(report.first('clock')), started, ended),
    addresses: parseAddresses(report.lines('address'), report.lines('link')),
    routes: parseRoutes(report.lines('route')),
    modules: { vxlan: report.first('vxlan') as Presence, ipVs: report.first('ip-vs') as Presence },
    swarmNftables: hasFeature(report.text('daemon'), 'swarm-nftables'),
  };
}

/** The addresses in the output of `ip -o addr` that others may reach, with the MTUs of their devices from `ip -o link`. */
export function parseAddresses(lines: readonly string[], links: readonly string[]): HostAddress[] {
  const mtus = new Map(links.map((line) => [/^\d+: ([^:@\s]+)/.exec(line)?.[1] ?? '', Number(/ mtu (\d+)/.exec(line)?.[1])]));
  return lines.flatMap((line) => {
    const [, device = '', ip = ''] = /^\d+: (\S+)\s+inet6? ([\da-f.:]+)\//.exec(line) ?? [];
    const ofEngine = /^(docker|br-|veth)/.test(device);
    return ip === '' || ofEngine ? [] : [{ ip, device, mtu: mtus.get(device) ?? 1500 }];
  });
}

function hasFeature(daemon: string, feature: string): boolean {
  try {
    const { features } = parseJson(daemon) as { features?: Record<string, unknown> };
    return features?.[feature] === true;
  } catch {
    return false; // an engine could not read the file either, and reports its settings itself
  }
}

/** Asks the engine over its API. @throws TsmachineError ENGINE_*, CERT_UNREADABLE, MACHINE_STATE */
export async function inspectEngine(session: Session, machine: Machine): Promise<InspectedEngine> {
  const target = await engineTarget(machine.config, await runningEngineUrl(machine));
  const { openEngine } = await import('../../docker/client.js');
  const engine = openEngine(target, { signal: session.signal, timeout: engineTimeout });
  try {
    const found = parseInfo(await ask(engine, infoShape, 'GET', '/info', { timeout: engineTimeout }));
    return found.manager ? { ...found, bareNetworks: (await bareNetworks(engine)).map(({ name: network }) => network) } : found;
  } finally {
    engine.close();
  }
}

interface Cluster {
  readonly DataPathPort?: number;
  readonly DefaultAddrPool?: readonly string[] | null;
  readonly SubnetSize?: number;
}

interface Info {
  readonly ServerVersion?: string;
  readonly ID?: string;
  readonly DockerRootDir?: string;
  readonly LiveRestoreEnabled?: boolean;
  readonly FirewallBackend?: { readonly Driver?: string };
  readonly Swarm?: {
    readonly LocalNodeState?: string;
    readonly ControlAvailable?: boolean;
    readonly Cluster?: Cluster | null;
  };
}

const clusterShape: Shape<Cluster> = object({}, { DataPathPort: number, DefaultAddrPool: list(text), SubnetSize: number });
const infoShape: Shape<Info> = object(
  { ServerVersion: text, ID: text },
  {
    DockerRootDir: text,
    LiveRestoreEnabled: flag,
    FirewallBackend: object({}, { Driver: text }),
    Swarm: object({}, { LocalNodeState: text, ControlAvailable: flag, Cluster: clusterShape }),
  },
);

/** The answer of `GET /info`, with defaults for what an engine leaves out. */
export function parseInfo(info: Info): InspectedEngine {
  const { Swarm: swarm = {} } = info;
  const { Cluster: cluster } = swarm;
  return {
    version: info.ServerVersion ?? '',
    id: info.ID ?? '',
    liveRestore: info.LiveRestoreEnabled === true,
    storage: info.DockerRootDir ?? '/var/lib/docker',
    firewallBackend: info.FirewallBackend?.Driver ?? '',
    swarm: swarm.LocalNodeState || 'inactive',
    manager: swarm.ControlAvailable === true,
    ...(cluster?.DataPathPort === undefined ? {} : { swarmSettings: settingsOfCluster(cluster) }),
  };
}

/** An engine leaves out settings that nobody gave when the swarm was created. A length of 0 beside a pool is none: no network fits. */
function settingsOfCluster({
  DataPathPort: port,
  DefaultAddrPool: pools,
  SubnetSize: size,
}: Cluster): NonNullable<InspectedEngine['swarmSettings']> {
  return {
    dataPathPort: port || defaultSettings.dataPathPort,
    pools: pools?.length ? pools : defaultSettings.pools,
    subnetSize: pools?.length ? (size ?? 0) : size || defaultSettings.subnetSize,
  };
}
