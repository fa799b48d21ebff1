import { forbidden } from '../api/errors.js';
import { isPublic } from '../world/images.js';
import { pathIn } from '../world/read.js';
import { pathOf } from '../world/resource.js';
import type { Request } from '../world/world.js';

/** A permission, and of what: `projects/p/zones/z/instances/m`. */
type Need = readonly [permission: string, what: string];

/**
 * What a request needs, by the lists of permissions in Google's reference of each method:
 * https://cloud.google.com/compute/docs/reference/rest/v1/instances/insert#iam-permissions
 */
export function needs(request: Request): Need[] {
  const { project, method } = request;
  const action = method.id.replace(/^compute\./, '');
  const [kind = '', verb = ''] = action.split('.');
  const whole = project.path(pathIn(request)) || `projects/${project.id}`;
  const what = whole.replace(/\/(start|stop|reset|wait|serialPort|resize|set[A-Z]\w*|addAccessConfig|deleteAccessConfig)$/, '');
  if (isPublic(project.id) && method.httpMethod === 'GET') return []; // everybody may read what is published there
  switch (action) {
    case 'instances.insert':
      return ofInstance(request);
    case 'instances.addAccessConfig':
      return [['compute.instances.addAccessConfig', what], ...external(request, project.path('subnetworks'))];
    case 'disks.insert':
      return [
        ['compute.disks.create', `${what}/${nameIn(request)}`],
        ...ofImage(request, (request.body as { sourceImage?: string }).sourceImage),
      ];
    case 'firewalls.insert':
      return [['compute.firewalls.create', `${what}/${nameIn(request)}`], policyOf(request)];
    case 'firewalls.patch':
    case 'firewalls.update':
      return [['compute.firewalls.update', what], policyOf(request)];
    case 'firewalls.delete':
      return [['compute.firewalls.delete', what], policyOf(request)];
    case 'addresses.insert':
      return [['compute.addresses.create', `${what}/${nameIn(request)}`]];
    case 'projects.get':
    case 'projects.getXpnHost':
      return [['compute.projects.get', `projects/${project.id}`]];
    default: {
      const named = verb === 'wait' ? 'get' : verb === 'aggregatedList' ? 'list' : verb;
      return [[`compute.${kind}.${named}`, named === 'list' ? `projects/${project.id}` : what]];
    }
  }
}

/** @throws Refusal 403 that names the first permission that is missing */
export function expectAllowed({ principal, project }: Request, needed: readonly Need[]): void {
  const permissions = isPublic(project.id) ? [] : principal.permissions;
  if (permissions === undefined) return;
  for (const [permission, what] of needed) if (!permissions.some((each) => fits(each, permission))) throw forbidden(permission, what);
}

export function fits(pattern: string, permission: string): boolean {
  return pattern === permission || (pattern.endsWith('*') && permission.startsWith(pattern.slice(0, -1)));
}

interface InstanceBody {
  readonly name?: string;
  readonly metadata?: { readonly items?: readonly unknown[] };
  readonly labels?: object;
  readonly tags?: { readonly items?: readonly unknown[] };
  readonly serviceAccounts?: readonly { readonly email?: string }[];
  readonly deletionProtection?: boolean;
  readonly disks?: readonly {
    readonly source?: string;
    readonly initializeParams?: { readonly sourceImage?: string; readonly labels?: object; readonly diskName?: string };
  }[];
  readonly networkInterfaces?: readonly {
    readonly network?: string;
    readonly subnetwork?: string;
    readonly accessConfigs?: readonly { readonly natIP?: string }[];
  }[];
}

function ofInstance(request: Request): Need[] {
  const { project, place } = request;
  const body = request.body as InstanceBody;
  const what = project.path(`zones/${place['zone']}/instances/${body.name}`);
  const found: Need[] = [['compute.instances.create', what]];
  for (const { source, initializeParams } of body.disks ?? []) {
    if (source !== undefined) found.push(['compute.disks.use', pathOf(source, project.id)]);
    if (!initializeParams) continue;
    const disk = project.path(`zones/${place['zone']}/disks/${initializeParams.diskName ?? body.name}`);
    found.push(['compute.disks.create', disk], ...ofImage(request, initializeParams.sourceImage));
    if (Object.keys(initializeParams.labels ?? {}).length > 0) found.push(['compute.disks.setLabels', disk]);
  }
  for (const { network = 'global/networks/default', subnetwork, accessConfigs = [] } of body.networkInterfaces ?? []) {
    const path = pathOf(subnetwork ?? network, project.id);
    found.push(['compute.subnetworks.use', path]);
    if (accessConfigs.length > 0) found.push(...external(request, path));
    if (accessConfigs.some(({ natIP }) => natIP !== undefined)) found.push(['compute.addresses.use', project.path('addresses')]);
  }
  if ((body.metadata?.items ?? []).length > 0) found.push(['compute.instances.setMetadata', what]);
  if (Object.keys(body.labels ?? {}).length > 0) found.push(['compute.instances.setLabels', what]);
  if ((body.tags?.items ?? []).length > 0) found.push(['compute.instances.setTags', what]);
  if (body.deletionProtection === true) found.push(['compute.instances.setDeletionProtection', what]);
  for (const { email = 'default' } of body.serviceAccounts ?? [])
    found.push(['compute.instances.setServiceAccount', what], ['iam.serviceAccounts.actAs', project.path(`serviceAccounts/${email}`)]);
  return found;
}

function ofImage({ project }: Request, link: string | undefined): Need[] {
  if (link === undefined) return [];
  const path = pathOf(link, project.id);
  return isPublic(path.split('/')[1] ?? '') ? [] : [['compute.images.useReadOnly', path]];
}

function external(_request: Request, path: string): Need[] {
  return [['compute.subnetworks.useExternalIp', path]];
}

function policyOf(request: Request): Need {
  const { project } = request;
  const named = (request.body as { network?: string } | undefined)?.network;
  const kept = project.find(pathIn(request))?.['network'];
  const network = named ?? (typeof kept === 'string' ? kept : 'global/networks/default');
  return ['compute.networks.updatePolicy', pathOf(network, project.id)];
}

function nameIn({ body }: Request): string {
  return (body as { name?: string }).name ?? '';
}
