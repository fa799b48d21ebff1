import { cidr, endpoint, openPort, url, type Format } from '../../src/driver/kit/cloud/flags/formats.js';

/** What Amazon's words look like. An endpoint that is not Amazon's has words of its own, so its ids are not judged by these. */
export const formats = {
  region: { fits: (word: string) => /^[a-z]{2,3}(-[a-z]+){1,3}-\d{1,2}$/.test(word), form: 'a region such as eu-central-1' },
  instanceType: { fits: (word: string) => /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(word), form: 'an instance type such as t3.micro' },
  image: resource('ami', 'an image id such as ami-0123456789abcdef0'),
  vpc: resource('vpc', 'the id of a VPC such as vpc-0123456789abcdef0'),
  subnet: resource('subnet', 'the id of a subnet such as subnet-0123456789abcdef0'),
  address: resource('eipalloc', '"new", or the allocation id of an address such as eipalloc-0123456789abcdef0'),
  profile: {
    fits: (word: string) => /^[\w+=,.@-]{1,128}$/.test(word) || /^arn:aws[\w-]*:iam::\d{12}:instance-profile\/[\w+=,.@/-]+$/.test(word),
    form: 'the name of an instance profile, or its ARN (arn:aws:iam::123456789012:instance-profile/NAME)',
  },
  kmsKey: {
    fits: (word: string) =>
      /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|alias\/[\w/-]+)$/.test(word) ||
      /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key\/[\w-]+|alias\/[\w/-]+)$/.test(word),
    form: 'the id of a KMS key, an alias (alias/NAME), or the ARN of one',
  },
  device: { fits: (word: string) => /^(\/dev\/)?[a-z]+[0-9a-z]*$/.test(word), form: 'a device such as /dev/sda1' },
  price: { fits: (word: string) => /^\d{0,6}(\.\d{1,6})?$/.test(word) && Number(word) > 0, form: 'dollars per hour such as 0.05' },
  openPort,
  cidr,
  imageName: {
    fits: (word: string) => /^(ubuntu|debian|amazonlinux)(:[\w.-]+)?$/.test(word),
    form: 'ubuntu, debian or amazonlinux, alone or with :VERSION',
  },
  url,
  endpoint,
} satisfies Readonly<Record<string, Format>>;

function resource(prefix: string, form: string) {
  return { fits: (word: string) => new RegExp(`^${prefix}-[0-9a-f]{8,17}$`).test(word), form };
}

/** What is wrong with tags of the form key1,value1,key2,value2; undefined when nothing is. */
export function tagFault(text: string): string | undefined {
  if (text === '') return undefined;
  const words = text.split(',');
  if (words.length % 2 !== 0) return `has a key without a value: it takes key1,value1,key2,value2`;
  const keys = words.filter((_, i) => i % 2 === 0);
  const long = words.find((word, i) => word.length > (i % 2 === 0 ? 128 : 256));
  if (long !== undefined) return `has ${JSON.stringify(long)}: EC2 allows 128 characters in a key, 256 in a value`;
  if (keys.includes('')) return 'has a tag without a key';
  const reserved = keys.find((key) => /^(aws:|tsmachine\.)/i.test(key));
  if (reserved !== undefined) return `has the key ${JSON.stringify(reserved)}, which is reserved`;
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) return `has the key ${JSON.stringify(twice)} twice`;
  return keys.length > 45 ? `has ${keys.length} tags; EC2 allows 50, and some are tsmachine's` : undefined;
}
