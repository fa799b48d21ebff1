import { ArmError, Violated } from '../../../front/errors.js';
import { versions, type Answer, type Arrived, type Kind } from '../../../front/kinds.js';
import { same, type Json } from '../../../world/json.js';
import { locationNamed, locations } from '../../locations.js';
import { usages } from '../quota.js';
import { compareVersions, imageNamed, images, type Image } from './images.js';
import { showSize, sizes } from './sizes.js';

/** Sizes with what they can do, in all locations or in the one of `$filter`. */
function skus({ query, world, subscription }: Arrived): Answer {
  const filter = query.get('$filter');
  const wanted = filter === null ? undefined : /^location eq '([^']*)'$/.exec(filter)?.[1];
  if (filter !== null && wanted === undefined) throw new Violated(400, 'InvalidFilter', `The filter '${filter}' is not supported.`);
  const places = locations.filter(({ name }) => wanted === undefined || same(name, wanted));
  const value = places.flatMap(({ name }) =>
    sizes.filter(({ except }) => !except.includes(name)).map((each) => showSize(each, name, world, subscription)),
  );
  return { status: 200, body: { value } };
}

function sizesOf({ address }: Arrived): Answer {
  const location = place(address.names[0]);
  const value = sizes
    .filter(({ except }) => !except.includes(location))
    .map(({ name, cores, memory, temporary }) => ({
      name,
      numberOfCores: cores,
      osDiskSizeInMB: 1_047_552,
      resourceDiskSizeInMB: temporary * 1024,
      memoryInMB: memory * 1024,
      maxDataDiskCount: cores * 2,
    }));
  return { status: 200, body: { value } };
}

function place(name: string | undefined): string {
  const found = locationNamed(name ?? '');
  if (found) return found.name;
  const all = locations.map((each) => each.name).join(',');
  throw new ArmError(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location '${name ?? ''}' and API version '2026-03-01' for type 'locations'. ` +
      `The supported locations are '${all}'.`,
  );
}

const base = 'Microsoft.Compute/locations/publishers';
const skuType = `${base}/artifacttypes/offers/skus`;

function reached({ address }: Arrived): Image[] {
  place(address.names[0]);
  const [, publisher, , offer, sku] = address.names;
  const fits = (own: string, wanted: string | undefined) => wanted === undefined || same(own, wanted);
  const found = images.filter((each) => fits(each.publisher, publisher) && fits(each.offer, offer) && fits(each.sku, sku));
  if (found.length > 0) return found;
  throw new ArmError(404, 'NotFound', `Artifact: VMImage was not found.`);
}

/** A plain list, without `value`, as this part of Azure answers. */
function names(arrived: Arrived, what: 'publisher' | 'offer' | 'sku'): Answer {
  const found = [...new Set(reached(arrived).map((each) => each[what]))];
  const { address } = arrived;
  const body = found.sort().map((name) => ({ name, location: place(address.names[0]), id: `${address.id}/${address.word ?? ''}/${name}` }));
  return { status: 200, body };
}

function versionsOf(arrived: Arrived): Answer {
  const { address, query } = arrived;
  const [image] = reached(arrived);
  const all = [...(image?.versions ?? [])].sort(compareVersions);
  const order = query.get('$orderby');
  if (order !== null && !/^name( asc| desc)?$/.test(order))
    throw new Violated(400, 'InvalidParameter', `$orderby '${order}' is not supported.`);
  if (order === 'name desc') all.reverse();
  const top = Number(query.get('$top') ?? all.length);
  const body = all.slice(0, top).map((name) => ({ name, location: place(address.names[0]), id: `${address.id}/versions/${name}` }));
  return { status: 200, body };
}

function version(arrived: Arrived): Answer {
  const { address } = arrived;
  const [location, publisher, , offer, sku, name = ''] = address.names;
  const image = imageNamed(publisher, offer, sku);
  place(location);
  const found = image?.versions.find((each) => each === name); // `latest` is a word of machines, not of this list
  if (image === undefined || found === undefined) throw new ArmError(404, 'NotFound', 'Artifact: VMImage was not found.');
  const properties: Json = {
    hyperVGeneration: image.generation,
    architecture: image.arm ? 'Arm64' : 'x64',
    osDiskImage: { operatingSystem: 'Linux', sizeInGb: image.gigabytes },
    dataDiskImages: [],
    automaticOSUpgradeProperties: { automaticOSUpgradeSupported: false },
    imageDeprecationStatus: { imageState: 'Active' },
    features: [{ name: 'IsAcceleratedNetworkSupported', value: 'True' }],
    ...(image.plan === true ? { plan: { publisher: image.publisher, name: image.sku, product: image.offer } } : {}),
  };
  return { status: 200, body: { name: found, location: place(location), id: address.id, properties } };
}

const read = (type: string, work: (arrived: Arrived) => Answer) => ({ action: `${type}/read`, work });
const list = (type: string, work: (arrived: Arrived) => Answer, supported: readonly string[] = versions.compute): Kind => ({
  type,
  versions: supported,
  handlers: { LIST: read(type, work) },
});

export const catalogueKinds: readonly Kind[] = [
  list('Microsoft.Compute/skus', skus, versions.skus),
  list('Microsoft.Compute/locations/vmSizes', sizesOf),
  list('Microsoft.Compute/locations/usages', (arrived) => ({
    status: 200,
    body: { value: usages(arrived, place(arrived.address.names[0])) },
  })),
  list(base, (arrived) => names(arrived, 'publisher')),
  list(`${base}/artifacttypes/offers`, (arrived) => names(arrived, 'offer')),
  list(skuType, (arrived) => names(arrived, 'sku')),
  {
    type: `${skuType}/versions`,
    versions: versions.compute,
    handlers: { LIST: read(`${skuType}/versions`, versionsOf), GET: read(`${skuType}/versions`, version) },
  },
];
