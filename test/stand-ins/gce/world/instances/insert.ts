import { alreadyExists, invalid, notFound, Refusal } from '../../api/errors.js';
import { useAddress } from '../network/addresses.js';
import { begin } from '../begin.js';
import { machineType, type MachineType } from '../catalog.js';
import { expectLabels, expectMetadata } from '../check.js';
import { expectTaken, plannedDisk } from '../disks.js';
import type { Operation } from '../operations.js';
import { freshFingerprint, lastPart, linkOf, pathOf, type AttachedDisk, type Disk, type Instance, type Plan } from '../resource.js';
import type { Request } from '../world.js';
import { capacityError, expectQuota } from './capacity.js';
import { interfaceOf, type WantedInterface } from './interfaces.js';
import { ended, released, running } from './life.js';
import { schedulingOf, type WantedScheduling } from './scheduling.js';

interface WantedAttachment {
  readonly boot?: boolean;
  readonly autoDelete?: boolean;
  readonly deviceName?: string;
  readonly source?: string;
  readonly type?: string;
  readonly mode?: string;
  readonly interface?: string;
  readonly initializeParams?: {
    readonly diskName?: string;
    readonly diskSizeGb?: string;
    readonly diskType?: string;
    readonly sourceImage?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

interface Wanted {
  readonly name: string;
  readonly machineType?: string;
  readonly disks?: readonly WantedAttachment[];
  readonly networkInterfaces?: readonly WantedInterface[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly metadata?: { readonly items?: readonly { readonly key: string; readonly value: string }[] };
  readonly tags?: { readonly items?: readonly string[] };
  readonly scheduling?: WantedScheduling;
  readonly serviceAccounts?: readonly { readonly email?: string; readonly scopes?: readonly string[] }[];
  readonly guestAccelerators?: readonly { readonly acceleratorType?: string; readonly acceleratorCount?: number }[];
  readonly deletionProtection?: boolean;
}

/** All is checked before anything is made. */
export function insertInstance(request: Request): Operation {
  const { project, place, world } = request;
  const { zone = '' } = place;
  const wanted = request.body as Wanted;
  const target = `zones/${zone}/instances/${wanted.name}`;
  if (project.find(target)) throw alreadyExists(project.path(target));
  const type = typeOf(request, zone, wanted.machineType);
  const scheduling = schedulingOf(wanted.scheduling, (wanted.guestAccelerators ?? []).length > 0);
  expectAccelerators(request, zone, wanted.guestAccelerators ?? []);
  expectMetadata(wanted.metadata ?? {});
  expectQuota(request, zone, type, scheduling.preemptible, wanted.networkInterfaces ?? []);
  const { disks, made } = attachments(request, zone, wanted, type);
  const interfaces = (wanted.networkInterfaces ?? [{}]).map((each, i) => interfaceOf(request, zone, each, i));

  const { disks: _d, networkInterfaces: _n, labels, metadata, tags, serviceAccounts, ...more } = wanted;
  const given = { labels: expectLabels(labels), serviceAccounts: serviceAccounts?.map((each) => accountOf(request, each)) ?? [] };
  for (const [path, disk] of made) project.add(path, disk);
  const instance = project.add(target, {
    canIpForward: false,
    ...more,
    kind: 'compute#instance',
    status: 'PROVISIONING',
    zone: project.link(`zones/${zone}`),
    machineType: type.selfLink,
    disks,
    networkInterfaces: interfaces,
    labels: given.labels,
    labelFingerprint: freshFingerprint(),
    tags: { ...tags, fingerprint: freshFingerprint() },
    metadata: { kind: 'compute#metadata', ...metadata, fingerprint: freshFingerprint() },
    scheduling,
    ...(given.serviceAccounts.length > 0 ? { serviceAccounts: given.serviceAccounts } : {}),
    deletionProtection: wanted.deletionProtection ?? false,
    startRestricted: false,
    cpuPlatform: 'Unknown CPU Platform',
    fingerprint: freshFingerprint(),
  }) as Instance;
  for (const { source } of disks) {
    const disk = world.find(pathOf(source, project.id));
    if (disk) disk['users'] = [instance.selfLink];
  }
  for (const { natIP } of interfaces.flatMap(({ accessConfigs = [] }) => accessConfigs))
    if (natIP !== undefined) useAddress(request, natIP, instance.selfLink, true);
  world.note({ project: project.id, zone, name: wanted.name, id: instance.id, state: 'starting' });
  return begin(request.late ? { ...request, late: undefined } : request, {
    type: 'insert',
    target,
    targetId: instance.id,
    held: world.behaviour.backed ?? false,
    midway: () => void (instance.status = 'STAGING'),
    finish: () => {
      const error = request.late ?? capacityError(request, zone, type, scheduling.preemptible);
      if (error) {
        released(request, instance);
        ended(request, target, instance);
        for (const [path] of made) project.remove(path);
        return error;
      }
      return running(request, instance);
    },
  });
}

function typeOf({ project }: Request, zone: string, link = ''): MachineType {
  if (link === '') throw new Refusal(400, 'required', "Required field 'resource.machineType' not specified");
  const path = pathOf(link, project.id);
  const [, at] = /^projects\/[^/]+\/zones\/([^/]+)\/machineTypes\/[^/]+$/.exec(path) ?? [];
  if (at === undefined) throw invalid('resource.machineType', link, 'The URL is malformed.');
  if (at !== zone) throw invalid('resource.machineType', link, `The zone of the machine type does not match the zone of the instance.`);
  const found = machineType(project.id, zone, lastPart(path));
  if (!found)
    throw invalid('resource.machineType', linkOf(path), `Machine type with name '${lastPart(path)}' does not exist in zone '${zone}'.`);
  return found;
}

type Made = [path: string, disk: Plan];

function attachments(
  request: Request,
  zone: string,
  { name, disks: wanted = [] }: Wanted,
  type: MachineType,
): { disks: AttachedDisk[]; made: Made[] } {
  const { project, world } = request;
  if (wanted.length === 0) throw invalid('resource.disks', '', 'No disks are specified.');
  if (wanted[0]?.boot !== true) throw invalid('resource.disks[0]', '', 'Boot disk must be the first disk attached to the instance.');
  const made: Made[] = [];
  const disks = wanted.map((each, index): AttachedDisk => {
    const field = `resource.disks[${index}]`;
    const { boot = false, autoDelete = false, mode = 'READ_WRITE', initializeParams: params } = each;
    const deviceName = each.deviceName ?? (boot ? 'persistent-disk-0' : `persistent-disk-${index}`);
    const shown = {
      kind: 'compute#attachedDisk',
      type: 'PERSISTENT',
      mode,
      deviceName,
      index,
      boot,
      autoDelete,
      interface: each.interface ?? 'SCSI',
    };
    if ((each.source === undefined) === (params === undefined))
      throw invalid(field, '', 'Exactly one of source and initializeParams must be specified.');
    if (each.source !== undefined) {
      const path = pathOf(each.source, project.id);
      const disk = world.find(path) as Disk | undefined;
      if (disk?.kind !== 'compute#disk') throw notFound(path);
      const [user] = disk.users ?? [];
      if (user !== undefined)
        throw new Refusal(
          400,
          'resourceInUseByAnotherResource',
          `The disk resource '${path}' is already being used by '${pathOf(user, '')}'`,
        );
      return { ...shown, source: disk.selfLink, diskSizeGb: disk.sizeGb };
    }
    const { diskName = index === 0 ? name : `${name}-${index}`, diskSizeGb, diskType, sourceImage, labels } = params ?? {};
    if (boot && sourceImage === undefined) throw invalid(`${field}.initializeParams.sourceImage`, '', 'A boot disk needs an image.');
    const { image, disk } = plannedDisk(request, zone, {
      name: diskName,
      field: `${field}.initializeParams`,
      sizeField: 'diskSizeGb',
      ...(diskSizeGb === undefined ? {} : { sizeGb: diskSizeGb }),
      ...(diskType === undefined ? {} : { type: diskType }),
      ...(sourceImage === undefined ? {} : { sourceImage }),
      ...(labels === undefined ? {} : { labels }),
    });
    if (image && image.architecture !== type.architecture)
      throw new Refusal(
        400,
        'invalid',
        `Requested boot disk architecture (${image.architecture}) is not compatible with machine type architecture (${type.architecture}).`,
      );
    expectTaken(type.name, disk['type'] as string);
    const path = `zones/${zone}/disks/${diskName}`;
    if (project.find(path)) throw alreadyExists(project.path(path));
    made.push([path, disk]);
    const guest = image ? { architecture: image.architecture, guestOsFeatures: image['guestOsFeatures'] } : {};
    return { ...shown, source: project.link(path), diskSizeGb: String(disk['sizeGb']), ...guest };
  });
  return { disks, made };
}

function accountOf(
  { project }: Request,
  { email = 'default', scopes = [] }: { readonly email?: string; readonly scopes?: readonly string[] },
) {
  const [standard = ''] = project.serviceAccounts;
  const full = email === 'default' ? standard : email;
  if (!project.serviceAccounts.includes(full))
    throw new Refusal(400, 'invalid', `The resource '${project.path(`serviceAccounts/${email}`)}' of type 'serviceAccount' was not found.`);
  if (scopes.length === 0) throw invalid('resource.serviceAccounts[0].scopes', '', 'At least one scope must be specified.');
  const wrong = scopes.find((scope) => !/^https:\/\/(www\.googleapis\.com\/auth\/|mail\.google\.com)/.test(scope));
  if (wrong !== undefined)
    throw new Refusal(400, 'invalid', `The scope '${wrong}' is not valid: "One or more of the service account scopes are invalid".`);
  return { email: full, scopes };
}

function expectAccelerators(request: Request, zone: string, wanted: NonNullable<Wanted['guestAccelerators']>): void {
  const { world, project } = request;
  for (const [i, { acceleratorType = '', acceleratorCount = 0 }] of wanted.entries()) {
    const field = `resource.guestAccelerators[${i}]`;
    const path = pathOf(acceleratorType, project.id);
    const found = world.find(path);
    if (found?.kind !== 'compute#acceleratorType' || !path.includes(`/zones/${zone}/`))
      throw invalid(`${field}.acceleratorType`, acceleratorType, 'The referenced resource does not exist.');
    if (acceleratorCount < 1 || acceleratorCount > Number(found['maximumCardsPerInstance']))
      throw invalid(`${field}.acceleratorCount`, acceleratorCount, 'The number of cards is not allowed.');
  }
}
