import { inUse, invalid, notFound } from '../api/errors.js';
import { begin } from './begin.js';
import { familyOf } from './catalog.js';
import { expectFingerprint, expectLabels } from './check.js';
import type { Image } from './images.js';
import type { Operation } from './operations.js';
import { pathIn } from './read.js';
import { freshFingerprint, lastPart, pathOf, type Disk, type Plan } from './resource.js';
import type { Request, World } from './world.js';

export interface WantedDisk {
  readonly name: string;
  readonly sizeGb?: string;
  readonly type?: string;
  readonly sourceImage?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Where it stands in the request: `resource`, `resource.disks[0].initializeParams`. */
  readonly field: string;
  /** How the size is called there. */
  readonly sizeField: 'sizeGb' | 'diskSizeGb';
  readonly more?: object;
}

/** The image of a link, or the newest of a family that is not deprecated. @throws Refusal as for a link that leads nowhere */
export function imageOfLink(world: World, project: string, link: string, field: string): Image {
  const path = pathOf(link, project);
  const [, owner = '', , , ...name] = path.split('/');
  const [family, wanted] = name[0] === 'family' ? [true, name[1]] : [false, name[0]];
  const found = family ? newestOf(world, owner, wanted ?? '') : world.find(path);
  if (found?.kind !== 'compute#image') throw invalid(field, link, 'The referenced image resource cannot be found.');
  return found as Image;
}

/** @throws Refusal 404 for a project that is not there */
export function newestOf(world: World, owner: string, family: string): Image | undefined {
  const images = [...world.project(owner).own('images')].map(([, image]) => image as Image);
  const [newest] = images
    .filter((image) => image.family === family && image.deprecated === undefined)
    .sort((a, b) => (a.creationTimestamp < b.creationTimestamp ? 1 : -1));
  return newest;
}

export function getFromFamily({ world, project, place }: Request): Image {
  const found = newestOf(world, project.id, place['family'] ?? '');
  if (!found) throw notFound(project.path(`global/images/family/${place['family']}`));
  return found;
}

/** Looks at what is wanted of a disk, and makes nothing. */
export function plannedDisk(request: Request, zone: string, wanted: WantedDisk): { readonly image?: Image; readonly disk: Plan } {
  const { world, project } = request;
  const { field, sizeField } = wanted;
  const image = wanted.sourceImage === undefined ? undefined : imageOfLink(world, project.id, wanted.sourceImage, `${field}.sourceImage`);
  const type = pathOf(wanted.type ?? `zones/${zone}/diskTypes/pd-standard`, project.id);
  const kind = world.find(type);
  if (kind?.kind !== 'compute#diskType' || !type.includes(`/zones/${zone}/`))
    throw invalid(`${field}.${sizeField === 'sizeGb' ? 'type' : 'diskType'}`, wanted.type, 'The referenced resource does not exist.');
  const size = Number(wanted.sizeGb ?? image?.diskSizeGb ?? 500);
  const [, least = 0, most = 0] = (/(\d+)GB-(\d+)GB/.exec(String(kind['validDiskSize'])) ?? []).map(Number);
  if (size < least || size > most)
    throw invalid(`${field}.${sizeField}`, wanted.sizeGb, `Disk size must be between ${least} GB and ${most} GB.`);
  if (image && size < Number(image.diskSizeGb))
    throw invalid(
      `${field}.${sizeField}`,
      wanted.sizeGb,
      `Requested disk size cannot be smaller than the image size (${image.diskSizeGb} GB)`,
    );
  const disk = {
    kind: 'compute#disk',
    name: wanted.name,
    sizeGb: String(size),
    zone: project.link(`zones/${zone}`),
    status: 'READY',
    type: kind.selfLink,
    labels: expectLabels(wanted.labels),
    labelFingerprint: freshFingerprint(),
    physicalBlockSizeBytes: '4096',
    ...(image
      ? {
          sourceImage: image.selfLink,
          sourceImageId: image.id,
          architecture: image.architecture,
          guestOsFeatures: image['guestOsFeatures'],
        }
      : {}),
    ...wanted.more,
  };
  return image ? { image, disk } : { disk };
}

/** @throws Refusal 400 for a type that machines of this kind do not take */
export function expectTaken(machineType: string, disk: string): void {
  const type = lastPart(disk);
  const family = familyOf(machineType);
  const refused = family?.hyperdiskOnly === true ? type.startsWith('pd-') : family?.noStandardDisks === true && type === 'pd-standard';
  if (refused)
    throw invalid('resource.disks[0].initializeParams.diskType', disk, `${type} disk type cannot be used by ${machineType} machine type.`);
}

export function insertDisk(request: Request): Operation {
  const { project, place, body } = request;
  const { zone = '' } = place;
  const { name, sizeGb, type, sourceImage, labels, ...more } = body as {
    name: string;
    sizeGb?: string;
    type?: string;
    sourceImage?: string;
    labels?: Record<string, string>;
  };
  const { disk } = plannedDisk(request, zone, {
    name,
    field: 'resource',
    sizeField: 'sizeGb',
    more,
    ...(sizeGb === undefined ? {} : { sizeGb }),
    ...(type === undefined ? {} : { type }),
    ...(sourceImage === undefined ? {} : { sourceImage }),
    ...(labels === undefined ? {} : { labels }),
  });
  const target = `zones/${zone}/disks/${name}`;
  const made = project.add(target, disk);
  return begin(request, { type: 'insert', target, targetId: made.id });
}

export function deleteDisk(request: Request): Operation {
  const { project } = request;
  const target = pathIn(request);
  project.operations.settle(project.path(target));
  const disk = project.get(target) as Disk;
  const [user] = disk.users ?? [];
  if (user !== undefined) throw inUse(project.path(target), pathOf(user, project.id));
  return begin(request, { type: 'delete', target, targetId: disk.id, finish: () => void project.remove(target) });
}

export function resizeDisk(request: Request): Operation {
  const target = pathIn(request).replace(/\/resize$/, '');
  const disk = request.project.get(target) as Disk;
  const { sizeGb = '0' } = request.body as { sizeGb?: string };
  if (Number(sizeGb) <= Number(disk.sizeGb))
    throw invalid('sizeGb', sizeGb, `New disk size '${sizeGb}' GiB must be larger than existing size '${disk.sizeGb}' GiB.`);
  return begin(request, { type: 'resizeDisk', target, targetId: disk.id, finish: () => void (disk.sizeGb = sizeGb) });
}

/** Of disks, addresses and others that take labels by themselves. */
export function setLabelsOf(request: Request): Operation {
  const target = pathIn(request).replace(/\/setLabels$/, '');
  const thing = request.project.get(target) as Disk;
  const { labels, labelFingerprint } = request.body as { labels?: Record<string, string>; labelFingerprint?: string };
  expectFingerprint('labels', labelFingerprint, thing.labelFingerprint);
  const wanted = expectLabels(labels);
  return begin(request, {
    type: 'setLabels',
    target,
    targetId: thing.id,
    finish: () => void Object.assign(thing, { labels: wanted, labelFingerprint: freshFingerprint() }),
  });
}
