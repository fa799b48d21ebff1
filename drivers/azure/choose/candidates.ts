import { TsmachineError } from '../../../src/base/errors.js';
import { together } from '../../../src/driver/kit/cloud/call/together.js';
import type { Arm } from '../api.js';
import { defaultSizes, type Config } from '../config.js';
import { imageChoice, type Image } from './image.js';
import { sizeNamed, sizesOf, type Size } from './sizes.js';

/** Where a machine may be made: one after the other is tried while Azure has no room. */
export interface Candidate {
  readonly size: string;
  /** Empty: wherever in the location there is room. */
  readonly zone: string;
  readonly image: Image;
  readonly accelerated: boolean;
  /** Empty: no ephemeral disk. */
  readonly ephemeralPlacement: string;
}

/**
 * Sizes and zones in order of preference, each with its image; never empty. Two calls at the most, at the same time; asked again within the
 * same run, none.
 * @throws TsmachineError FLAG_INVALID, FLAG_MISSING naming the flag
 */
export async function candidatesOf(config: Config, arm: Arm): Promise<readonly [Candidate, ...Candidate[]]> {
  const { location, own } = config;
  // images say what is wrong with a location
  const [imageFor, sizes] = await together([imageChoice(config, arm), sizesOf(location, arm)]);
  // of the usual ones a location need not have all
  const isUsual = own.sizes.join() === defaultSizes.join() && sizes.size > 0;
  const known = own.sizes.filter((name) => !isUsual || sizes.has(name.toLowerCase()));
  const wanted = (known.length > 0 ? known : own.sizes).map((name) => sizeNamed(name, location, sizes));
  const whys: string[] = [];
  const found = wanted.flatMap((size): Candidate[] => {
    const why = unfit(size, config);
    if (why !== undefined) {
      whys.push(`  ${size.name}: ${why}`);
      return [];
    }
    const image = imageFor(size);
    const zones = own.zones.length === 0 ? [''] : own.zones.filter((zone) => size.zones.includes(zone));
    if (zones.length === 0) whys.push(`  ${size.name}: ${zonesOf(size)}`);
    const ephemeralPlacement = own.ephemeralDisk ? size.ephemeralPlacement : '';
    return zones.map((zone) => ({ size: size.name, zone, image, accelerated: size.canAccelerate, ephemeralPlacement }));
  });
  const [first, ...more] = found;
  if (first) return [first, ...more];
  const asked = own.zones.length === 0 ? '' : ` in the zones ${own.zones.join(', ')}`;
  throw new TsmachineError('FLAG_INVALID', [`No size can be used in ${location}${asked} (--azure-size):`, ...whys].join('\n'), {
    hint: `Name another --azure-size, --azure-availability-zone or --azure-location; az vm list-skus --location ${location} --output table`,
  });
}

/** Why a size cannot be taken; undefined when it can. */
function unfit(size: Size, { own, accelerated, encryptionAtHost, location }: Config): string | undefined {
  if (size.closed !== '') return `the subscription may not use it in ${location} (${size.closed})`;
  if (own.spot && !own.spotFallback && !size.canBeSpot) return 'there are no spot machines of it';
  if (own.ephemeralDisk && size.ephemeralPlacement === '') return 'it has no room for an ephemeral disk';
  if (accelerated && !size.canAccelerate) return 'it has no accelerated networking';
  return encryptionAtHost && !size.canEncryptAtHost ? 'it has no encryption at the host' : undefined;
}

function zonesOf({ zones }: Size): string {
  return zones.length === 0 ? 'it is in no zone here' : `it is in the zones ${zones.join(', ')} alone`;
}
