import { TsmachineError } from '../../../src/base/errors.js';
import type { Ec2, Output } from '../api.js';
import type { Config } from '../config.js';
import { codeOf, isThrottled } from '../errors.js';
import { namingFlag } from './naming-flag.js';
import { loginOf, vendors, type Architecture, type Vendor } from './vendors.js';

/** The image that an instance boots from, with what follows from it. */
export interface Image {
  readonly id: string;
  readonly name: string;
  readonly architecture: Architecture;
  /** Such as /dev/sda1. */
  readonly rootDevice: string;
  /** Of the root disk in GB: the least that a machine's disk may have. */
  readonly rootSize: number;
  /** The login that its cloud-init makes, or the one that the user gave. */
  readonly sshUser: string;
}

type Described = NonNullable<Output<'DescribeImages'>['Images']>[number];
type Wish = Pick<Config, 'ami' | 'sshUser' | 'region'> & { readonly own: Pick<Config['own'], 'image' | 'rootSize'> };

/** The image by its id, or the newest one of a distribution for each of these architectures. */
export type Images = ReadonlyMap<Architecture, Image>;

/** Whether one certain image was asked for. What was taken is in the same field, beside what was asked for. Pure. */
export function isCertain({ ami, own }: Pick<Wish, 'ami'> & { readonly own: Pick<Config['own'], 'image'> }): boolean {
  return own.image === '' && ami !== '';
}

/** Asks for ids of the newest images, for both architectures: nothing of the machine needs to be known yet. */
export async function newestIds(wish: Wish, ec2: Ec2, year = new Date().getUTCFullYear()): Promise<Newest | undefined> {
  if (isCertain(wish)) return undefined;
  const newest = newestOf(wish, year);
  const names = newest.versions.flatMap((version) => architectures.map((each) => newest.vendor.parameter(version, each)));
  try {
    const { Parameters: parameters = [] } = await ec2.recall('GetParameters', { Names: names });
    const ids = new Map(parameters.map(({ Name: name = '', Value: value = '' }) => [name, value]));
    return { ...newest, ids };
  } catch (error) {
    // without the right to ask SSM, or without a way to it, EC2 knows the images as well
    if (isThrottled(error) || codeOf(error) === 'RequestExpired' || !TsmachineError.is(error)) throw error;
    return { ...newest, ids: new Map() };
  }
}

interface Newest {
  readonly distribution: string;
  readonly vendor: Vendor;
  /** The best first. */
  readonly versions: readonly string[];
  /** By the name of the parameter. */
  readonly ids: ReadonlyMap<string, string>;
}

const architectures: readonly Architecture[] = ['x86_64', 'arm64'];

function newestOf({ own }: Wish, year: number): Omit<Newest, 'ids'> {
  const [distribution = '', version] = (own.image || 'ubuntu').split(':');
  const vendor = vendors[distribution];
  if (!vendor)
    throw new TsmachineError('FLAG_INVALID', `--amazonec2-image must be one of ${Object.keys(vendors).join(', ')}, not "${own.image}"`);
  // the fifth is older than anything that is the newest: SSM takes ten names
  return { distribution, vendor, versions: version ? [version] : vendor.recent(year).slice(0, 5) };
}

/**
 * The images for these architectures, at most two calls.
 * @param newest what `newestIds` answered
 * @throws TsmachineError FLAG_INVALID naming the flag
 */
export async function imagesFor(wish: Wish, ec2: Ec2, wanted: readonly Architecture[], newest: Newest | undefined): Promise<Images> {
  if (!newest) return certain(wish, ec2);
  const ids = new Map(wanted.map((architecture) => [architecture, idOf(newest, architecture)]));
  const known = [...ids.values()].filter((id) => id !== undefined);
  const found = known.length === wanted.length ? await describe(ec2, known, '--amazonec2-image') : await search(newest, ec2);
  return new Map(
    wanted.map((architecture) => {
      const id = ids.get(architecture);
      const image = id === undefined ? best(found, newest, architecture) : found.find(({ ImageId }) => ImageId === id);
      if (!image) throw missing(newest, wish, architecture);
      return [architecture, usable(image, wish)];
    }),
  );
}

function idOf({ versions, vendor, ids }: Newest, architecture: Architecture): string | undefined {
  return versions.map((version) => ids.get(vendor.parameter(version, architecture))).find((id) => id !== undefined);
}

async function certain(wish: Wish, ec2: Ec2): Promise<Images> {
  const [image] = await describe(ec2, [wish.ami], `--amazonec2-ami ${wish.ami}`);
  if (!image) throw new TsmachineError('FLAG_INVALID', `There is no image ${wish.ami} in ${wish.region} (--amazonec2-ami)`);
  const one = usable(image, wish);
  return new Map([[one.architecture, one]]);
}

async function describe(ec2: Ec2, ids: readonly string[], flag: string): Promise<readonly Described[]> {
  const { Images: images = [] } = await namingFlag(flag, ec2.recall('DescribeImages', { ImageIds: [...ids] }));
  return images;
}

async function search({ vendor, versions }: Newest, ec2: Ec2): Promise<readonly Described[]> {
  const { Images: images = [] } = await ec2.recall('DescribeImages', {
    Owners: [...vendor.owners],
    Filters: [
      { Name: 'name', Values: versions.map((version) => vendor.pattern(version)) },
      { Name: 'state', Values: ['available'] },
      { Name: 'root-device-type', Values: ['ebs'] },
    ],
  });
  return images;
}

/** Of the newest version that there is, the newest image. Pure. */
function best(images: readonly Described[], { vendor, versions }: Newest, architecture: Architecture): Described | undefined {
  const made = ({ CreationDate: date = '' }: Described) => date;
  for (const version of versions) {
    const fitting = images.filter(({ Name: name = '' }) => vendor.isNamed(name, version, architecture));
    const [first] = fitting.sort((a, b) => (made(a) < made(b) ? 1 : -1));
    if (first) return first;
  }
  return undefined;
}

/** @throws TsmachineError FLAG_INVALID for an image from which no machine can be made */
function usable(image: Described, wish: Wish): Image {
  const { ImageId: id = '', Name: name = '', Architecture: architecture = '', RootDeviceName: rootDevice = '/dev/sda1' } = image;
  const refuse = (why: string) => new TsmachineError('FLAG_INVALID', `The image ${id} ${why} (--amazonec2-ami)`);
  if (image.State !== undefined && image.State !== 'available') throw refuse(`cannot be used now: it is ${image.State}`);
  if (image.Platform === 'Windows') throw refuse('is one of Windows: machines run Linux');
  if (image.RootDeviceType === 'instance-store') throw refuse('has no EBS disk, so its instances cannot be stopped');
  if (!isArchitecture(architecture))
    throw refuse(`is for ${architecture || 'an unknown processor'}: take one for ${architectures.join(' or ')}`);
  const rootSize = image.BlockDeviceMappings?.find(({ DeviceName: device }) => device === rootDevice)?.Ebs?.VolumeSize ?? 0;
  if (wish.own.rootSize > 0 && wish.own.rootSize < rootSize) {
    throw new TsmachineError(
      'FLAG_INVALID',
      `--amazonec2-root-size ${wish.own.rootSize} is too small: the image ${name || id} needs ${rootSize} GB`,
    );
  }
  return { id, name: name || id, architecture, rootDevice, rootSize, sshUser: wish.sshUser || loginOf(name, image.OwnerId ?? '') };
}

function isArchitecture(word: string): word is Architecture {
  return architectures.some((each) => each === word);
}

function missing({ distribution, versions }: Newest, { region }: Wish, architecture: Architecture): TsmachineError {
  const names = versions.map((version) => `${distribution}:${version}`).join(', ');
  return new TsmachineError('FLAG_INVALID', `There is no image ${names} for ${architecture} in ${region} (--amazonec2-image)`, {
    hint: 'Name another version, or a certain image with --amazonec2-ami',
  });
}
