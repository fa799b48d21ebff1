import { TsmachineError } from '../../../src/base/errors.js';
import type { Gce } from '../api.js';
import { defaultDiskSize, type Config } from '../config.js';
import { imageFor, isCertain, type Image } from './image.js';
import { placesOf } from './places.js';

/** Where a VM may be made: one after the other is tried while Google has no capacity. */
export interface Candidate {
  readonly type: string;
  /** Such as europe-west1-b. */
  readonly zone: string;
  /** For the type's architecture. */
  readonly image: Image;
}

/**
 * Types and zones in order of preference, each with its image; never empty, all in one region. Two calls as a rule, at the same time;
 * asked again within the same run, none.
 * @throws TsmachineError FLAG_INVALID naming the flag
 */
export async function candidatesOf(config: Config, gce: Gce): Promise<readonly [Candidate, ...Candidate[]]> {
  const places = await placesOf(config, gce);
  const architectures = [...new Set(places.map(({ architecture }) => architecture))];
  const images = new Map(await Promise.all(architectures.map(async (each) => [each, await imageFor(config, gce, each)] as const)));
  const candidates = places.map(({ type, zone, architecture }): Candidate => {
    const image = images.get(architecture);
    if (!image) throw new TsmachineError('INTERNAL', `There is no image for ${architecture}`);
    if (isCertain(config) && image.architecture !== architecture) throw otherArchitecture(type, architecture, image);
    return { type, zone, image };
  });
  const [first, ...more] = candidates;
  if (!first) throw new TsmachineError('INTERNAL', 'There is no place for the VM');
  return [first, ...more];
}

function otherArchitecture(type: string, architecture: string, { path, architecture: of }: Image): TsmachineError {
  const why = `${path} is an image for ${of}, and ${type} has ${architecture}`;
  const like = of === 'ARM64' ? 't2a-standard-1' : 'e2-medium';
  return new TsmachineError('FLAG_INVALID', `--google-machine-image does not go with --google-machine-type: ${why}`, {
    hint: `Take another type such as ${like}, or --google-image, which takes the image that fits`,
  });
}

/** GB of the disk: as wanted, else Docker Machine's 10 or what the image needs. Pure. */
export function diskSizeOf({ own }: Pick<Config, 'own'>, image: Pick<Image, 'diskSize'>): number {
  return own.diskSize || Math.max(defaultDiskSize, image.diskSize);
}

/** As wanted, else what the machine type takes (cloud.google.com/compute/docs/disks/hyperdisks: machine type support). Pure. */
export function diskTypeOf({ own }: Pick<Config, 'own'>, type: string): string {
  if (own.diskType !== '') return own.diskType;
  return /^(c4|c4a|c4d|n4|n4a|n4d|x4|m4|h4d|a4|a4x)-/.test(type) ? 'hyperdisk-balanced' : 'pd-balanced';
}
