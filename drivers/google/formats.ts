import { cidr, endpoint, openPort, url, type Format } from '../../src/driver/kit/cloud/flags/formats.js';

/** Names of resources: cloud.google.com/compute/docs/naming-resources */
const name = '[a-z]([-a-z0-9]{0,61}[a-z0-9])?';
/** cloud.google.com/resource-manager/docs/creating-managing-projects; older ones begin with a domain: `example.com:name`. */
const projectId = '([a-z][a-z0-9.-]*\\.[a-z]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]';
const image = `(global/)?images/(family/)?${name}`;

/** What Google's words look like. */
export const formats = {
  project: like(projectId, 'the id of a project such as my-project-123, not its name or number'),
  zone: like('[a-z]+-[a-z]+\\d+-[a-z]', 'a zone such as europe-west1-b'),
  machineType: like('[a-z][a-z0-9-]*', 'a machine type such as e2-medium'),
  image: like(`(projects/)?${projectId}/${image}`, 'an image such as ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64'),
  imageName: like('(ubuntu|debian)(:[\\w.-]+)?', 'ubuntu or debian, alone or with :VERSION'),
  diskType: like('[a-z][a-z0-9-]*', 'a disk type such as pd-balanced'),
  name: like(name, 'a name of lower-case letters, digits and "-" that begins with a letter and has at most 63 characters'),
  network: like(
    `${name}|(projects/${projectId}/)?global/networks/${name}`,
    'the name of a network, or projects/PROJECT/global/networks/NAME',
  ),
  subnetwork: like(
    `${name}|(projects/${projectId}/)?regions/[a-z0-9-]+/subnetworks/${name}`,
    'the name of a subnetwork, or projects/PROJECT/regions/REGION/subnetworks/NAME',
  ),
  address: {
    fits: (word) => new RegExp(`^${name}$`).test(word) || /^\d{1,3}(\.\d{1,3}){3}$/.test(word),
    form: '"new", the name of an address, or an IPv4 address',
  },
  account: like('default|none|[\\w.-]+@[\\w.-]+', 'default, none, or the e-mail address of a service account'),
  impersonated: like('[\\w.-]+@[\\w.-]+\\.gserviceaccount\\.com', 'the e-mail address of a service account'),
  scope: like('[a-z-]+|https://www\\.googleapis\\.com/auth/[\\w./-]+', 'a scope such as https://www.googleapis.com/auth/logging.write'),
  accelerator: like('[a-z][a-z0-9-]*(:[1-9]\\d?)?', 'TYPE or TYPE:COUNT such as nvidia-tesla-t4:1'),
  kmsKey: like(
    `projects/${projectId}/locations/[\\w-]+/keyRings/[\\w-]+/cryptoKeys/[\\w-]+(/cryptoKeyVersions/\\d+)?`,
    'projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY',
  ),
  prefix: like('[a-z][-a-z0-9]{0,40}', 'a word of lower-case letters, digits and "-"'),
  openPort,
  cidr,
  url,
  endpoint,
} satisfies Readonly<Record<string, Format>>;

function like(pattern: string, form: string): Format {
  const whole = new RegExp(`^(?:${pattern})$`);
  return { fits: (word) => whole.test(word), form };
}

/** A machine is a VM of its name, with a disk called NAME-disk as Docker Machine has it: 63 characters for both. */
export const longestName = 58;

/** What is wrong with a machine's name; undefined when nothing is. */
export function nameFault(word: string): string | undefined {
  if (!formats.name.fits(word))
    return 'Google calls the VM by it, and takes lower-case letters, digits and "-", first a letter, 63 at most';
  return word.length > longestName ? `it has ${word.length} characters; Google takes 63, and calls the disk NAME-disk` : undefined;
}

/** What is wrong with labels of the form key1,value1,key2,value2 (cloud.google.com/compute/docs/labeling-resources). */
export function labelFault(text: string): string | undefined {
  if (text === '') return undefined;
  const words = text.split(',');
  if (words.length % 2 !== 0) return 'has a key without a value: it takes key1,value1,key2,value2';
  const keys = words.filter((_, i) => i % 2 === 0);
  const badKey = keys.find((key) => !/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key));
  if (badKey !== undefined)
    return `has the key ${JSON.stringify(badKey)}: Google takes lower-case letters, digits, "_" and "-", first a letter, 63 at most`;
  const badValue = words.find((word, i) => i % 2 === 1 && !/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(word));
  if (badValue !== undefined)
    return `has the value ${JSON.stringify(badValue)}: Google takes lower-case letters, digits, "_" and "-", 63 at most`;
  const reserved = keys.find((key) => /^(tsmachine|goog)-/.test(key));
  if (reserved !== undefined) return `has the key ${JSON.stringify(reserved)}, which is reserved`;
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) return `has the key ${JSON.stringify(twice)} twice`;
  return keys.length > 60 ? `has ${keys.length} labels; Google takes 64, and some are tsmachine's` : undefined;
}
