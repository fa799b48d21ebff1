import { TsmachineError } from '../../../src/base/errors.js';
import { namingFlag } from '../../../src/driver/kit/cloud/flags/naming-flag.js';
import type { Gce } from '../api.js';
import { isNotFound } from '../call/refused.js';
import type { Subnetwork } from '../call/resources.js';
import { lastOf, regionOf, type Config } from '../config.js';

/** The network of a machine. */
export interface Where {
  /** The project that the network belongs to: the machine's, or the host of a shared VPC. Its firewall rules are there. */
  readonly project: string;
  /** `projects/P/global/networks/N` */
  readonly network: string;
  /** `projects/P/regions/R/subnetworks/S`; undefined: the one of the region that Google takes. */
  readonly subnetwork: string | undefined;
  /** Addresses inside. */
  readonly inside: readonly string[];
}

/** Subnetworks that Google made have addresses of this range (cloud.google.com/vpc/docs/subnets: auto mode IPv4 subnet ranges). */
const autoRange = '10.128.0.0/9';

/**
 * One call; asked again within the same run, none.
 * @throws TsmachineError FLAG_INVALID naming the flag
 */
export async function whereOf(config: Config, gce: Gce): Promise<Where> {
  return config.subnetwork === '' ? byNetwork(config, gce) : bySubnetwork(config, gce);
}

async function bySubnetwork(config: Config, gce: Gce): Promise<Where> {
  const { project, region, name } = subnetworkOf(config);
  const flag = `--google-subnetwork ${config.subnetwork}`;
  const found = await namingFlag(flag, gce.recall('subnetworks.get', { project, region, subnetwork: name }), isNotFound);
  const network = pathOf(found.network ?? '');
  const wanted = networkOf(config);
  if (config.network !== 'default' && wanted !== network)
    throw new TsmachineError('FLAG_INVALID', `${flag} belongs to ${network}, not to ${wanted} (--google-network)`);
  refuseWithoutIpv6(config, found, flag);
  const inside = found.ipCidrRange === undefined ? [] : [found.ipCidrRange];
  return {
    project: projectIn(network) || project,
    network,
    subnetwork: `projects/${project}/regions/${region}/subnetworks/${name}`,
    inside,
  };
}

function refuseWithoutIpv6({ own, privateOnly }: Config, { stackType, ipv6AccessType }: Subnetwork, flag: string): void {
  if (!own.ipv6) return;
  if (stackType !== 'IPV4_IPV6') throw new TsmachineError('FLAG_INVALID', `${flag} has no IPv6 addresses (--google-ipv6)`);
  if (ipv6AccessType !== 'EXTERNAL' && !privateOnly)
    throw new TsmachineError('FLAG_INVALID', `${flag} has internal IPv6 addresses alone (--google-ipv6)`, {
      hint: 'Give --google-use-internal-ip-only too, or a subnetwork with external ones',
    });
}

async function byNetwork(config: Config, gce: Gce): Promise<Where> {
  const network = networkOf(config);
  const project = projectIn(network);
  const flag = `--google-network ${config.network}`;
  const found = await namingFlag(flag, gce.recall('networks.get', { project, network: lastOf(network) }), isNotFound);
  const region = regionOf(config.zone);
  const here = (found.subnetworks ?? []).filter((url) => url.includes(`/regions/${region}/`)).map(lastOf);
  if (found.autoCreateSubnetworks !== true) {
    const hint =
      here.length > 0
        ? `It has ${here.join(', ')} in ${region}`
        : `It has none in ${region}: give a --google-zone of another region, or make one`;
    throw new TsmachineError('FLAG_MISSING', `${flag} has subnetworks of its own (custom mode): give --google-subnetwork`, { hint });
  }
  if (config.own.ipv6)
    throw new TsmachineError('FLAG_MISSING', 'using --google-ipv6 also requires --google-subnetwork: one with IPv6 addresses');
  return { project, network, subnetwork: undefined, inside: [autoRange] };
}

/** The network that the machine has, or that was asked for, in full. Pure. */
export function networkOf({ network, project, own }: Pick<Config, 'network' | 'project' | 'own'>): string {
  if (own.network !== '') return own.network;
  if (network.startsWith('projects/')) return network;
  return `projects/${project}/global/networks/${lastOf(network)}`;
}

function subnetworkOf({ subnetwork, project, zone }: Config): { readonly project: string; readonly region: string; readonly name: string } {
  const [, of = project] = /projects\/([^/]+)\//.exec(subnetwork) ?? [];
  const [, region = regionOf(zone)] = /regions\/([^/]+)\//.exec(subnetwork) ?? [];
  return { project: of, region, name: lastOf(subnetwork) };
}

/** What follows the host and the version in a URL of Google's. Pure. */
export function pathOf(url: string): string {
  return /projects\/.*$/.exec(url)?.[0] ?? url;
}

function projectIn(path: string): string {
  return /^projects\/([^/]+)\//.exec(path)?.[1] ?? '';
}
