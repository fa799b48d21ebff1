import { TsmachineError } from '../../../src/base/errors.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';
import { besideExtras, extraSubnetsOf } from './extra-subnets.js';
import { imagesFor, isCertain, newestIds, type Image, type Images } from './image.js';
import { subnetsOf, type Subnet } from './subnets.js';
import { typesOf, type TypeFacts } from './types.js';
import type { Architecture } from './vendors.js';

/** Where an instance may be made: one after the other is tried while Amazon has no capacity. */
export interface Candidate {
  readonly type: string;
  /** Such as eu-central-1a. */
  readonly zone: string;
  readonly subnetId: string;
  readonly vpcId: string;
  /** For the type's architecture. */
  readonly image: Image;
}

/**
 * Types, zones and subnets in order of preference, each with its image; never empty, all in one network. Eight calls at most, the most of
 * them at the same time; asked again within the same run, none.
 * @throws TsmachineError FLAG_INVALID, FLAG_MISSING naming the flag
 */
export async function candidatesOf(config: Config, ec2: Ec2): Promise<readonly [Candidate, ...Candidate[]]> {
  const { region, own } = config;
  const names = own.instanceTypes;
  const [types, offered, possible, newest, extras] = await Promise.all([
    typesOf(names, region, ec2),
    offeringsOf(names, ec2),
    subnetsOf(config, ec2),
    newestIds(config, ec2),
    extraSubnetsOf(config, ec2),
  ]);
  const subnets = besideExtras(possible, extras, config);
  const wanted = [...new Set(names.flatMap((name) => types.get(name)?.architecture ?? []))];
  const images = await imagesFor(config, ec2, wanted, newest);
  const [first, ...more] = places({ names, types, offered, subnets, images, config });
  if (first) return [first, ...more];
  const zones = [...new Set(names.flatMap((name) => [...(offered.get(name) ?? [])]))].sort();
  throw new TsmachineError(
    'FLAG_INVALID',
    `--amazonec2-instance-type: none of the zones ${unique(subnets.map(({ zone }) => zone))} has ${names.join(' or ')}`,
    { hint: zones.length === 0 ? 'Name another type' : `There is one in ${zones.join(', ')}: give --amazonec2-zone, and a subnet there` },
  );
}

interface Known {
  readonly names: readonly string[];
  readonly types: ReadonlyMap<string, TypeFacts>;
  readonly offered: ReadonlyMap<string, ReadonlySet<string>>;
  readonly subnets: readonly Subnet[];
  readonly images: Images;
  readonly config: Config;
}

function places({ names, types, offered, subnets, images, config }: Known): Candidate[] {
  return names.flatMap((type) => {
    const facts = types.get(type);
    if (!facts) return [];
    const image = images.get(facts.architecture) ?? otherArchitecture(type, facts.architecture, images, config);
    return subnets
      .filter(({ zone }) => offered.get(type)?.has(zone) ?? false)
      .map(({ id: subnetId, vpcId, zone }) => ({ type, zone, subnetId, vpcId, image }));
  });
}

function otherArchitecture(type: string, architecture: Architecture, images: Images, config: Config): never {
  const [image] = images.values();
  const why = `${image?.id ?? config.ami} is an image for ${image?.architecture ?? 'another processor'}, and ${type} has ${architecture}`;
  const like = image?.architecture === 'arm64' ? 't4g.micro' : 't3.micro';
  throw new TsmachineError('FLAG_INVALID', `--amazonec2-ami does not go with --amazonec2-instance-type: ${why}`, {
    hint: `Take another type such as ${like}${isCertain(config) ? ', or leave --amazonec2-ami out' : ''}`,
  });
}

/** The zones that have a type. */
async function offeringsOf(names: readonly string[], ec2: Ec2): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { InstanceTypeOfferings: offerings = [] } = await ec2.recall('DescribeInstanceTypeOfferings', {
    LocationType: 'availability-zone',
    Filters: [{ Name: 'instance-type', Values: [...names] }],
    MaxResults: 1000,
  });
  const zones = new Map<string, Set<string>>();
  for (const { InstanceType: type = '', Location: zone = '' } of offerings) zones.set(type, (zones.get(type) ?? new Set()).add(zone));
  return zones;
}

function unique(words: readonly string[]): string {
  return [...new Set(words)].join(', ');
}

/** The image for the type that is preferred. @throws as `candidatesOf` */
export async function chooseImage(config: Config, ec2: Ec2): Promise<Image> {
  const [{ image }] = await candidatesOf(config, ec2);
  return image;
}
