import { TsmachineError } from '../../../src/base/errors.js';
import { namingFlag } from '../../../src/driver/kit/cloud/flags/naming-flag.js';
import type { Gce } from '../api.js';
import { isNotFound, refusedOf } from '../call/refused.js';
import type { Image as Described } from '../call/resources.js';
import type { Config } from '../config.js';
import { vendors, type Architecture } from './vendors.js';

/** The image that a VM boots from. */
export interface Image {
  /** `PROJECT/global/images/NAME` */
  readonly path: string;
  readonly architecture: Architecture;
  /** GB: the least that a machine's disk may have. */
  readonly diskSize: number;
}

type Wish = Pick<Config, 'machineImage'> & { readonly own: Pick<Config['own'], 'image' | 'diskSize'> };

/** Whether one certain image was asked for, or a family. What was taken is in the same field, beside what was asked for. Pure. */
export function isCertain({ machineImage, own }: Wish): boolean {
  return own.image === '' && machineImage !== '';
}

/** The image for an architecture. One call, or one more for each version that is not out yet. @throws TsmachineError FLAG_INVALID */
export async function imageFor(wish: Wish, gce: Gce, architecture: Architecture, year = new Date().getUTCFullYear()): Promise<Image> {
  return isCertain(wish) ? certain(wish, gce) : newest(wish, gce, architecture, year);
}

async function certain(wish: Wish, gce: Gce): Promise<Image> {
  const [, project = '', family, name = ''] = /^([^/]+)\/global\/images\/(family\/)?([^/]+)$/.exec(wish.machineImage) ?? [];
  const asked =
    family === undefined
      ? gce.recall('images.get', { project, image: name })
      : gce.recall('images.getFromFamily', { project, family: name });
  const image = await namingFlag(`--google-machine-image ${wish.machineImage}`, asked, isOfImage).catch((error: unknown) => {
    throw withSuggestion(error, project);
  });
  return usable(image, project, wish);
}

/** Docker Machine's default is gone, as every image of a fixed date will be. */
function withSuggestion(error: unknown, project: string): unknown {
  if (!TsmachineError.is(error) || !isNotFound(error)) return error;
  const [distribution] = Object.entries(vendors).find(([, vendor]) => vendor.project === project) ?? [];
  const hint =
    distribution === undefined
      ? `Its images: gcloud compute images list --project ${project}`
      : `Take the newest one: --google-image ${distribution}, or one of a version: --google-image ${distribution}:VERSION`;
  return new TsmachineError(error.code, error.text, { cause: error.cause, hint });
}

function isOfImage(error: unknown): boolean {
  return isNotFound(error) || refusedOf(error)?.reason === 'invalid' || refusedOf(error)?.status === 403;
}

async function newest(wish: Wish, gce: Gce, architecture: Architecture, year: number): Promise<Image> {
  const [distribution = '', version] = (wish.own.image || 'ubuntu').split(':');
  const vendor = vendors[distribution];
  if (!vendor)
    throw new TsmachineError('FLAG_INVALID', `--google-image must be one of ${Object.keys(vendors).join(', ')}, not "${wish.own.image}"`);
  const { project } = vendor;
  const versions = version === undefined ? vendor.recent(year) : [version];
  for (const each of versions) {
    try {
      return usable(await gce.recall('images.getFromFamily', { project, family: vendor.family(each, architecture) }), project, wish);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  const names = versions.map((each) => `${distribution}:${each}`).join(', ');
  throw new TsmachineError('FLAG_INVALID', `${project} has no image ${names} for ${architecture} (--google-image)`, {
    hint: `Name another version, or a certain image with --google-machine-image: gcloud compute images list --project ${project}`,
  });
}

/** @throws TsmachineError FLAG_INVALID for an image from which no machine can be made */
function usable(image: Described, project: string, wish: Wish): Image {
  const { name = '', status = 'READY', deprecated, licenses = [], diskSizeGb = '0' } = image;
  const refuse = (why: string) => new TsmachineError('FLAG_INVALID', `The image ${name} ${why} (--google-machine-image)`);
  if (status !== 'READY') throw refuse(`cannot be used now: it is ${status}`);
  if (deprecated?.state === 'OBSOLETE' || deprecated?.state === 'DELETED') throw refuse(`is ${deprecated.state.toLowerCase()}`);
  if (licenses.some((license) => /windows-(server|cloud)/.test(license))) throw refuse('is one of Windows: machines run Linux');
  const diskSize = Number(diskSizeGb);
  if (wish.own.diskSize > 0 && wish.own.diskSize < diskSize)
    throw new TsmachineError(
      'FLAG_INVALID',
      `--google-disk-size ${wish.own.diskSize} is too small: the image ${name} needs ${diskSize} GB`,
    );
  const architecture = image.architecture === 'ARM64' ? 'ARM64' : 'X86_64';
  return { path: `${project}/global/images/${name}`, architecture, diskSize };
}
