import { invalid, notFound, Refusal } from '../../api/errors.js';
import { regionOf } from '../catalog.js';
import { freshFingerprint, lastPart, linkOf, pathOf, type AccessConfig, type NetworkInterface, type Resource } from '../resource.js';
import type { Request, World } from '../world.js';

interface WantedAccess {
  readonly name?: string;
  readonly type?: string;
  readonly natIP?: string;
  readonly networkTier?: string;
}

export interface WantedInterface {
  readonly network?: string;
  readonly subnetwork?: string;
  readonly networkIP?: string;
  readonly stackType?: string;
  readonly nicType?: string;
  readonly accessConfigs?: readonly WantedAccess[];
  readonly ipv6AccessConfigs?: readonly WantedAccess[];
}

/** An interface as it is made. Ephemeral addresses come with the start. */
export function interfaceOf(request: Request, zone: string, wanted: WantedInterface, i: number): NetworkInterface {
  const field = `resource.networkInterfaces[${i}]`;
  const { world } = request;
  const { network, subnetwork } = placeOf(request, zone, wanted, field);
  const { stackType = 'IPV4_ONLY', accessConfigs = [], ipv6AccessConfigs = [] } = wanted;
  if (stackType !== 'IPV4_ONLY' && subnetwork['stackType'] !== 'IPV4_IPV6')
    throw invalid(`${field}.stackType`, stackType, `The subnetwork '${pathOf(subnetwork.selfLink, '')}' does not support IPv6.`);
  if (ipv6AccessConfigs.length > 0 && (stackType === 'IPV4_ONLY' || subnetwork['ipv6AccessType'] !== 'EXTERNAL'))
    throw invalid(`${field}.ipv6AccessConfigs`, '', 'External IPv6 needs an interface with IPv6 in a subnetwork with external IPv6.');
  if (accessConfigs.length > 1) throw invalid(`${field}.accessConfigs`, '', 'At most one access config currently supported.');
  for (const { natIP } of accessConfigs)
    if (natIP !== undefined) expectReserved(request, regionOf(zone), natIP, `${field}.accessConfigs[0].natIP`);
  const range = String(subnetwork['ipCidrRange']);
  return {
    kind: 'compute#networkInterface',
    network: linkOf(network),
    subnetwork: subnetwork.selfLink,
    networkIP: wanted.networkIP ?? world.privateAddress(range),
    name: `nic${i}`,
    fingerprint: freshFingerprint(),
    stackType,
    ...(wanted.nicType === undefined ? {} : { nicType: wanted.nicType }),
    ...(accessConfigs.length === 0 ? {} : { accessConfigs: accessConfigs.map((each) => accessConfigOf(each)) }),
    ...(stackType === 'IPV4_ONLY' ? {} : { ipv6Address: ipv6Of(world), internalIpv6PrefixLength: 96 }),
    ...(ipv6AccessConfigs.length === 0 ? {} : { ipv6AccessType: 'EXTERNAL', ipv6AccessConfigs: [ipv6AccessOf(world)] }),
  };
}

export function accessConfigOf({ name = 'External NAT', natIP, networkTier = 'PREMIUM' }: WantedAccess): AccessConfig {
  const fixed = natIP === undefined ? {} : { natIP };
  return { kind: 'compute#accessConfig', type: 'ONE_TO_ONE_NAT', name, networkTier, ...fixed };
}

function ipv6AccessOf(world: World): AccessConfig {
  const more = { externalIpv6: ipv6Of(world), externalIpv6PrefixLength: 96 };
  return { kind: 'compute#accessConfig', type: 'DIRECT_IPV6', name: 'external-ipv6', networkTier: 'PREMIUM', ...more };
}

/** Of the range for documentation. */
function ipv6Of(world: World): string {
  const [, , c, d] = world
    .publicAddress()
    .split('.')
    .map((part) => Number(part).toString(16));
  return `2001:db8:${c}:${d}:0:0:0:0`;
}

function placeOf(
  { world, project }: Request,
  zone: string,
  wanted: WantedInterface,
  field: string,
): { network: string; subnetwork: Resource } {
  const region = regionOf(zone);
  if (wanted.subnetwork !== undefined) {
    const path = pathOf(wanted.subnetwork, project.id);
    const found = world.find(path);
    if (found?.kind !== 'compute#subnetwork') throw notFound(path);
    expectShared(project, path, field);
    if (lastPart(String(found['region'])) !== region)
      throw invalid(
        `${field}.subnetwork`,
        wanted.subnetwork,
        `The referenced subnetwork is not in the region '${region}' of the instance.`,
      );
    const network = pathOf(String(found['network']), project.id);
    if (wanted.network !== undefined && pathOf(wanted.network, project.id) !== network)
      throw invalid(`${field}.network`, wanted.network, 'The network does not belong to the subnetwork.');
    return { network, subnetwork: found };
  }
  const network = pathOf(wanted.network ?? 'global/networks/default', project.id);
  const found = world.find(network);
  if (found?.kind !== 'compute#network') throw notFound(network);
  expectShared(project, network, field);
  const owner = world.project(network.split('/')[1] ?? '');
  const subnetwork = owner.find(`regions/${region}/subnetworks/${found.name}`);
  if (found['autoCreateSubnetworks'] !== true || !subnetwork)
    throw new Refusal(
      400,
      'invalid',
      `Invalid value for field '${field}': ''. Network interface must specify a subnet if the network resource is in custom subnet mode.`,
    );
  return { network, subnetwork };
}

function expectShared({ id, host }: Request['project'], path: string, field: string): void {
  const owner = path.split('/')[1];
  if (owner !== id && owner !== host)
    throw invalid(
      `${field}.network`,
      path,
      `Cross-project references are not allowed: the project '${owner}' shares no network with '${id}'.`,
    );
}

/** @throws Refusal 400 for an address that is reserved nowhere in the region, or that another instance has */
export function expectReserved({ project }: Request, region: string, address: string, field: string): void {
  const all = [...project.own('addresses')].filter(([path]) => path.startsWith(`regions/${region}/`)).map(([, each]) => each);
  const found = all.find((each) => each['address'] === address);
  if (!found) throw invalid(field, address, `The specified external IP address '${address}' was not found in region '${region}'.`);
  if (found['status'] === 'IN_USE') throw invalid(field, address, `External IP address: ${address} is already in-use.`);
}
