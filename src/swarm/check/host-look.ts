import type { EngineLook, HostAddress, HostLook, Presence } from './rules/facts.js';
import { parseRoutes } from './rules/routes.js';
import { defaultSettings } from './rules/settings.js';
import { Report } from '../../provision/look/report.js';
import type { SshConnection } from '../../ssh/types.js';
import { engineTarget, runningEngineUrl } from '../../machine/engine/engine.js';
import { clockSkew } from '../../provision/look/clock.js';
import { TsmachineError } from '../../base/errors.js';
import type { Machine } from '../../machine/machine.js';
import type { Session } from '../../machine/session.js';

/** Milliseconds: a check as a whole takes no more than 15 s. */
const hostTimeout = 8000;
const engineTimeout = 5000;

/** What the host tells, in one remote command. @throws TsmachineError REMOTE_COMMAND */
export async function lookAtHost(connection: SshConnection, name: string): Promise<HostLook> {
  const started = Date.now();
  const { stdout } = await connection.rootScript('swarm/host.sh', {}, { timeout: hostTimeout });
  const ended = Date.now();
  const report = new Report(stdout);
  if (report.first('end') !== 'yes') {
    throw new TsmachineError('REMOTE_COMMAND', `${name}: the host did not run the script swarm/host.sh to its end`);
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

/** Addresses of `ip -o addr` that others may reach, with the MTU of their device out of `ip -o link`. */
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
    const { features } = JSON.parse(daemon) as { features?: Record<string, unknown> };
    return features?.[feature] === true;
  } catch {
    return false; // no settings, or none that an engine could read either: the engine tells what it makes of them
  }
}

/** What the engine tells over its API. @throws TsmachineError ENGINE_*, CERT_UNREADABLE, MACHINE_STATE */
export async function lookAtEngine(session: Session, machine: Machine): Promise<EngineLook> {
  const target = await engineTarget(machine.config, await runningEngineUrl(machine));
  const { openEngine } = await import('../../docker/client.js');
  const engine = openEngine(target, { signal: session.signal, timeout: engineTimeout });
  try {
    return parseInfo(await engine.request('GET', '/info', { timeout: engineTimeout }));
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
  readonly LiveRestoreEnabled?: boolean;
  readonly FirewallBackend?: { readonly Driver?: string };
  readonly Swarm?: {
    readonly LocalNodeState?: string;
    readonly ControlAvailable?: boolean;
    readonly Cluster?: Cluster | null;
  };
}

/** The answer of `GET /info`, whatever an engine leaves out. */
export function parseInfo(info: Info): EngineLook {
  const { Swarm: swarm = {} } = info;
  const { Cluster: cluster } = swarm;
  return {
    version: info.ServerVersion ?? '',
    id: info.ID ?? '',
    liveRestore: info.LiveRestoreEnabled === true,
    firewallBackend: info.FirewallBackend?.Driver ?? '',
    swarm: swarm.LocalNodeState || 'inactive',
    manager: swarm.ControlAvailable === true,
    ...(cluster?.DataPathPort === undefined ? {} : { settled: settledBy(cluster) }),
  };
}

/** An engine leaves out what it was not asked for. */
function settledBy({ DataPathPort: port, DefaultAddrPool: pools, SubnetSize: size }: Cluster): NonNullable<EngineLook['settled']> {
  return {
    dataPathPort: port || defaultSettings.dataPathPort,
    pools: pools?.length ? pools : defaultSettings.pools,
    subnetSize: size || defaultSettings.subnetSize,
  };
}
