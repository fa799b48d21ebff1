import { cidr, login, openPort, url, type Format } from '../../src/driver/kit/cloud/flags/formats.js';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of a resource of this type. */
export const isResourceId = (word: string, type: string): boolean =>
  new RegExp(`^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/${type.replaceAll('.', '\\.')}/[^/]+(/[^/]+/[^/]+)*$`, 'i').test(
    word,
  );

const named = (pattern: RegExp, form: string): Format => ({ fits: (word) => pattern.test(word), form });
const group = /^(?=.{1,90}$)[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]$/u;
const network = /^[A-Za-z0-9](?:[\w.-]{0,78}[\w])?$/;

/** What Azure's words look like (learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
export const formats = {
  guid: named(guid, 'an id such as 01234567-89ab-cdef-0123-456789abcdef'),
  tenant: { fits: (word: string) => guid.test(word) || /^[\w-]+(\.[\w-]+)+$/.test(word), form: 'the id or the domain of a tenant' },
  location: named(/^[a-z][a-z0-9]{2,40}$/, 'a location such as westeurope'),
  zone: named(/^[1-9]$/, 'the number of a zone such as 1'),
  size: named(/^[A-Za-z]+_[A-Za-z0-9_-]+$/, 'a size such as Standard_B2s_v2'),
  group: named(group, 'the name of a resource group: at most 90 letters, digits, and ._-(), without a period at the end'),
  vnet: {
    fits: (word: string) => {
      const [name = '', within] = word.split(':').reverse();
      return word.split(':').length <= 2 && network.test(name) && name.length <= 64 && (within === undefined || group.test(within));
    },
    form: 'the name of a virtual network, or GROUP:NAME',
  },
  subnet: named(network, 'the name of a subnet'),
  securityGroup: {
    fits: (word: string) => network.test(word) || isResourceId(word, 'Microsoft.Network/networkSecurityGroups'),
    form: 'the name or the id of a security group',
  },
  availabilitySet: named(network, 'the name of an availability set'),
  proximityGroup: {
    fits: (word: string) => network.test(word) || isResourceId(word, 'Microsoft.Compute/proximityPlacementGroups'),
    form: 'the name or the id of a proximity placement group',
  },
  image: { fits: isImage, form: 'ubuntu or debian, alone or with :VERSION, PUBLISHER:OFFER:SKU:VERSION, or the id of an image' },
  plan: named(/^[\w.-]+:[\w.-]+:[\w.-]+$/, 'PUBLISHER:PRODUCT:PLAN'),
  identity: {
    fits: (word: string) => word === 'system' || isResourceId(word, 'Microsoft.ManagedIdentity/userAssignedIdentities'),
    form: '"system", or the id of an identity (/subscriptions/.../userAssignedIdentities/NAME)',
  },
  price: { fits: (word: string) => /^\d{1,5}(\.\d{1,5})?$/.test(word) && Number(word) > 0, form: 'dollars per hour such as 0.05' },
  dns: named(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/, 'a DNS label of lower-case letters, digits and dashes, at most 63'),
  address: named(/^\d{1,3}(\.\d{1,3}){3}$/, 'an IPv4 address'),
  url: { fits: (word: string) => url.fits(word) && /^https:/.test(word), form: 'an https URL' },
  lookup: url,
  openPort: { fits: (word: string) => openPort.fits(word.replace(/\/\*$/, '')), form: `${openPort.form} or /*` },
  cidr,
  login: {
    fits: (word: string) => login.fits(word) && !forbiddenLogins.has(word),
    form: 'the name of a user, and none of those that Azure forbids, such as root and admin',
  },
} as const satisfies Readonly<Record<string, Format>>;

/** learn.microsoft.com/azure/virtual-machines/linux/faq: What are the username requirements */
const forbiddenLogins = new Set(
  (
    'administrator admin user user1 test user2 test1 user3 admin1 1 123 a actuser adm admin2 aspnet backup console david guest john ' +
    'owner root server sql support support_388945a0 sys test2 test3 user4 user5 video'
  ).split(' '),
);

export const urn = /^[\w.-]+:[\w.-]+:[\w.-]+:[\w.-]+$/;
export const imageIds = ['Microsoft.Compute/images', 'Microsoft.Compute/galleries'] as const;

function isImage(word: string): boolean {
  return (
    /^(ubuntu|debian)(:[\w.-]+)?$/.test(word) ||
    urn.test(word) ||
    imageIds.some((type) => isResourceId(word, type)) ||
    /^\/(CommunityGalleries|SharedGalleries)\/[^/]+\/Images\/[^/]+(\/Versions\/[^/]+)?$/i.test(word)
  );
}

/** Docker Machine's form of a list of tags, as an object. */
export function tagsOf(text: string): Readonly<Record<string, string>> {
  const words = text === '' ? [] : text.split(',');
  return Object.fromEntries(words.flatMap((key, i) => (i % 2 === 0 && words[i + 1] !== undefined ? [[key, words[i + 1] ?? '']] : [])));
}

/** What is wrong with tags of the form key1,value1,key2,value2; undefined when nothing is. */
export function tagFault(text: string): string | undefined {
  if (text === '') return undefined;
  const words = text.split(',');
  if (words.length % 2 !== 0) return 'has a key without a value: it takes key1,value1,key2,value2';
  const keys = words.filter((_, i) => i % 2 === 0);
  if (keys.includes('')) return 'has a tag without a key';
  const long = words.find((word, i) => word.length > (i % 2 === 0 ? 512 : 256));
  if (long !== undefined) return `has ${JSON.stringify(`${long.slice(0, 20)}...`)}: Azure allows 512 characters in a key, 256 in a value`;
  const bad = keys.find((key) => /[<>%&\\?/]/.test(key));
  if (bad !== undefined) return `has the key ${JSON.stringify(bad)}: Azure allows none of <>%&\\?/ in it`;
  const reserved = keys.find((key) => /^(microsoft|azure|windows|tsmachine\.)/i.test(key));
  if (reserved !== undefined) return `has the key ${JSON.stringify(reserved)}, which is reserved`;
  const twice = keys.find((key, i) => keys.findIndex((other) => other.toLowerCase() === key.toLowerCase()) !== i);
  if (twice !== undefined) return `has the key ${JSON.stringify(twice)} twice`;
  return keys.length > 46 ? `has ${keys.length} tags; Azure allows 50, and some are tsmachine's` : undefined;
}
