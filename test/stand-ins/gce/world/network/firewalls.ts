import { invalid, notFound, quotaExceeded, Refusal } from '../../api/errors.js';
import { begin, expectReady } from '../begin.js';
import { expectRanges } from '../check.js';
import type { Operation } from '../operations.js';
import { pathIn } from '../read.js';
import { linkOf, pathOf, type Resource } from '../resource.js';
import type { Request } from '../world.js';

interface Rule {
  readonly IPProtocol: string;
  readonly ports?: readonly string[];
}

interface Firewall {
  readonly name: string;
  readonly network?: string;
  readonly allowed?: readonly Rule[];
  readonly denied?: readonly Rule[];
  readonly direction?: 'INGRESS' | 'EGRESS';
  readonly priority?: number;
  readonly sourceRanges?: readonly string[];
  readonly sourceTags?: readonly string[];
  readonly targetTags?: readonly string[];
  readonly destinationRanges?: readonly string[];
}

const protocols = /^(tcp|udp|icmp|esp|ah|ipip|sctp|all|\d{1,3})$/;

export function insertFirewall(request: Request): Operation {
  const { project } = request;
  const wanted = request.body as Firewall;
  const most = project.quotas.firewalls ?? Infinity;
  if ([...project.own('firewalls')].length >= most) throw quotaExceeded('FIREWALLS', most, 'globally');
  const made = project.add(`global/firewalls/${wanted.name}`, checked(request, wanted));
  return begin(request, { type: 'insert', target: `global/firewalls/${wanted.name}`, targetId: made.id });
}

/** The fields that are given take the place of what was there. A rule has no fingerprint: the last one to write wins. */
export function patchFirewall(request: Request): Operation {
  const { project } = request;
  const target = pathIn(request);
  const before = project.get(target) as Resource & Firewall;
  expectReady(request, target);
  const { network, ...change } = request.body as Firewall;
  if (network !== undefined && pathOf(network, project.id) !== pathOf(before.network ?? '', project.id))
    throw invalid('resource.network', network, 'Network of a firewall cannot be changed.');
  if (change.name !== before.name) throw invalid('resource.name', change.name, 'The name of a firewall cannot be changed.');
  const after = checked(request, { ...before, ...change });
  const finish = () => {
    for (const field of Object.keys(before))
      if (!(field in after) && !/^(id|selfLink|creationTimestamp)$/.test(field)) delete before[field];
    return void Object.assign(before, after);
  };
  return begin(request, { type: request.method.httpMethod === 'PUT' ? 'update' : 'patch', target, targetId: before.id, finish });
}

export function deleteFirewall(request: Request): Operation {
  const { project } = request;
  const target = pathIn(request);
  expectReady(request, target);
  const { id } = project.get(target);
  return begin(request, { type: 'delete', target, targetId: id, finish: () => void project.remove(target) });
}

function checked({ world, project }: Request, wanted: Firewall) {
  const { allowed, denied, direction = 'INGRESS', sourceRanges, sourceTags = [], targetTags = [] } = wanted;
  const network = pathOf(wanted.network ?? 'global/networks/default', project.id);
  if (world.find(network)?.kind !== 'compute#network') throw notFound(network);
  if ((allowed === undefined) === (denied === undefined))
    throw new Refusal(400, 'invalid', 'Firewall should specify either allowed or denied rules, not both and not neither.');
  for (const [i, rule] of (allowed ?? denied ?? []).entries()) expectRule(`resource.${allowed ? 'allowed' : 'denied'}[${i}]`, rule);
  expectRanges('resource.sourceRanges', sourceRanges ?? []);
  expectRanges('resource.destinationRanges', wanted.destinationRanges ?? []);
  if (direction === 'EGRESS' && (sourceRanges !== undefined || sourceTags.length > 0))
    throw invalid('resource.direction', direction, 'Sources are not supported for rules of egress.');
  if (sourceTags.length > 30) throw invalid('resource.sourceTags', sourceTags.length, 'At most 30 source tags.');
  if (targetTags.length > 70) throw invalid('resource.targetTags', targetTags.length, 'At most 70 target tags.');
  for (const tag of [...sourceTags, ...targetTags])
    if (!/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(tag)) throw invalid('resource.targetTags', tag, 'Must be a match of a tag.');
  const everywhere =
    direction === 'INGRESS' && sourceRanges === undefined && sourceTags.length === 0 && !('sourceServiceAccounts' in wanted);
  return {
    priority: 1000,
    logConfig: { enable: false },
    disabled: false,
    ...wanted,
    kind: 'compute#firewall',
    network: linkOf(network),
    direction,
    ...(everywhere ? { sourceRanges: ['0.0.0.0/0'] } : {}),
  };
}

function expectRule(field: string, { IPProtocol: protocol, ports = [] }: Partial<Rule>): void {
  if (protocol === undefined || !protocols.test(protocol))
    throw invalid(`${field}.IPProtocol`, protocol ?? '', 'Must be a known protocol.');
  if (ports.length > 0 && !/^(tcp|udp|sctp|6|17|132)$/.test(protocol))
    throw invalid(`${field}.ports`, ports, `Ports may not be specified for ${protocol}.`);
  for (const port of ports) {
    const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(port) ?? [];
    if (from === '' || Number(to) > 65_535 || Number(from) > Number(to))
      throw invalid(`${field}.ports`, port, 'Must be a port or a range of ports.');
  }
}
