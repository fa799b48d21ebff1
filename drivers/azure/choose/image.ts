import { TsmachineError } from '../../../src/base/errors.js';
import { nearest } from '../../../src/base/nearest.js';
import { namingFlag } from '../../../src/driver/kit/cloud/flags/naming-flag.js';
import type { Arm } from '../api.js';
import type { Config } from '../config.js';
import { armRefusal, isNotFound } from '../errors.js';
import { urn } from '../formats.js';
import type { Size } from './sizes.js';
import { vendors, type Architecture, type Vendor } from './vendors.js';

/** The image that a machine boots from. */
export interface Image {
  /** For people and for config.json: its URN, or its id. */
  readonly name: string;
  readonly plan?: Plan;
}

export interface Plan {
  readonly publisher: string;
  readonly product: string;
  readonly name: string;
}

/** What was found of the image that is wanted; it fits a size or not. */
export type ImageChoice = (size: Size) => Image;

/**
 * Finds what was asked for: the newest of a distribution, or a certain one. Two calls at the most, which all machines of a run share.
 * @returns the image for a size; throws FLAG_INVALID for a size that it does not boot on
 * @throws TsmachineError FLAG_INVALID naming the flag
 */
export async function imageChoice(config: Pick<Config, 'image' | 'plan' | 'location'>, arm: Arm): Promise<ImageChoice> {
  const { image, plan } = config;
  const given = plan === '' ? {} : { plan: planOf(plan) };
  if (image.startsWith('/')) return () => ({ name: image, ...given });
  if (urn.test(image)) return certain(config, arm);
  const [distribution = '', word] = (image || 'ubuntu').split(':');
  const vendor = vendors[distribution];
  if (!vendor) throw new TsmachineError('FLAG_INVALID', `--azure-image must be one of ${Object.keys(vendors).join(', ')}, not "${image}"`);
  const { offer, version } = await newest(vendor, word, config, arm);
  return (size) => {
    const generation = size.generations.includes('V2') ? 'V2' : 'V1';
    const sku = vendor.sku(offer, version, size.architecture, generation);
    return { name: [vendor.publisher, offer, sku, 'latest'].join(':'), ...given };
  };
}

async function newest(vendor: Vendor, word: string | undefined, { location, image }: Pick<Config, 'location' | 'image'>, arm: Arm) {
  const { publisher } = vendor;
  const listed = arm.recall('Microsoft.Compute/locations/publishers/artifacttypes/offers/read', [location, publisher], ({ compute }) =>
    compute.virtualMachineImages.listOffers(location, publisher),
  );
  const offers = (await namingFlag(`--azure-location ${location}`, listed, isWrongLocation)).flatMap(({ name: offer = '' }) => {
    const version = vendor.versionOf(offer);
    return version === undefined ? [] : [{ offer, version }];
  });
  const known = offers.sort((a, b) => Number(b.version) - Number(a.version));
  const found =
    word === undefined
      ? known.find(({ version }) => vendor.isLasting(version))
      : known.find(({ version }) => version === vendor.named(word));
  if (found) return found;
  const names = [...new Set(known.map(({ version }) => version))];
  throw new TsmachineError('FLAG_INVALID', `${publisher} has no image for ${image || 'ubuntu'} in ${location} (--azure-image)`, {
    hint: names.length === 0 ? 'Name a certain image: PUBLISHER:OFFER:SKU:VERSION' : `There is ${names.join(', ')}`,
  });
}

const isWrongLocation = (error: unknown) =>
  /^(LocationNotAvailable\w*|NoRegisteredProviderFound|InvalidLocation|LocationNotFound)$/.test(armRefusal(error)?.code ?? '');

async function certain({ image, plan, location }: Pick<Config, 'image' | 'plan' | 'location'>, arm: Arm): Promise<ImageChoice> {
  const [publisher = '', offer = '', sku = '', version = ''] = image.split(':');
  const isLatest = version.toLowerCase() === 'latest';
  const flag = `--azure-image ${image}`;
  const right = 'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read';
  const asked = arm.recall(right, [location, image], async ({ compute: { virtualMachineImages: images } }) => {
    const listed = isLatest ? await images.list(location, publisher, offer, sku, { top: 1, orderby: 'name desc' }) : [{ name: version }];
    const newest = listed.at(0)?.name;
    return newest === undefined ? [] : [await images.get(location, publisher, offer, sku, newest)];
  });
  const [found] = await namingFlag(flag, asked.catch(noneIfNotFound), (error) => armRefusal(error)?.status === 400);
  if (!found) throw await unknown({ publisher, offer, sku, location, image }, arm);
  const known = plan === '' ? found.plan : planOf(plan);
  const one: Image = { name: image, ...(known?.name === undefined ? {} : { plan: known }) };
  return (size) => {
    refuseSize(size, found.architecture === 'Arm64' ? 'arm64' : 'x64', found.hyperVGeneration ?? '', image);
    return one;
  };
}

function noneIfNotFound(error: unknown): [] {
  if (isNotFound(error)) return [];
  throw error;
}

function refuseSize(size: Size, architecture: Architecture, generation: string, image: string): void {
  const like = architecture === 'arm64' ? 'Standard_B2pls_v2' : 'Standard_B2als_v2';
  const refuse = (why: string) =>
    new TsmachineError('FLAG_INVALID', `--azure-image does not go with --azure-size: ${why}`, {
      hint: `Take another size such as ${like}, or another image`,
    });
  if (size.architecture !== architecture)
    throw refuse(`${image} is an image for ${architecture}, and ${size.name} has ${size.architecture}`);
  if (generation !== '' && !size.generations.includes(generation))
    throw refuse(
      `${image} is of generation ${generation.slice(1)}, and ${size.name} boots ${size.generations.join(' and ').replaceAll('V', '')}`,
    );
}

interface Wanted {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly location: string;
  readonly image: string;
}

/** Says what of the name is wrong. */
async function unknown({ publisher, offer, sku, location, image }: Wanted, arm: Arm): Promise<TsmachineError> {
  const right = 'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/read';
  const skus = await arm
    .recall(right, [location, publisher, offer], ({ compute }) => compute.virtualMachineImages.listSkus(location, publisher, offer))
    .catch(() => []);
  const near = nearest(
    sku,
    skus.map(({ name = '' }) => name),
  );
  return new TsmachineError('FLAG_INVALID', `There is no image ${image} in ${location} (--azure-image)`, {
    hint:
      near === undefined
        ? `--azure-image ubuntu is the newest of its kind; others: az vm image list --all -l ${location} --publisher ${publisher}`
        : `Did you mean the SKU ${near}?`,
  });
}

function planOf(word: string): Plan {
  const [publisher = '', product = '', name = ''] = word.split(':');
  return { publisher, product, name };
}
