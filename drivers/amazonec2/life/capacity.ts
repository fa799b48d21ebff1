import { TsmachineError } from '../../../src/base/errors.js';
import type { Text } from '../../../src/base/text.js';
import { failureOf } from '../call/failure.js';
import { codeOf } from '../errors.js';

/** Another type, zone or subnet may do (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html). */
const placeIsFull = new Set([
  'InsufficientInstanceCapacity',
  'InsufficientHostCapacity',
  'InsufficientCapacity',
  'InsufficientReservedInstanceCapacity',
  'InsufficientFreeAddressesInSubnet',
  'InsufficientVolumeCapacity',
  'VolumeTypeNotAvailableInZone',
  'UnfulfillableCapacity',
  'Unsupported',
  'InstanceTypeNotSupported',
  'SpotMaxPriceTooLow',
]);

/** No spot instance will be had, wherever; one on demand may. */
const spotIsFull = new Set(['MaxSpotInstanceCountExceeded', 'SpotInstanceCountLimitExceeded']);

/** What a refusal of RunInstances means for the places that were not tried yet. */
export function verdictOf(error: unknown): 'next place' | 'no more spot' | 'end' {
  const code = codeOf(error) ?? '';
  if (placeIsFull.has(code)) return 'next place';
  return spotIsFull.has(code) ? 'no more spot' : 'end';
}

/**
 * Whether EC2 has surely made nothing. After a lost answer or an error of its own nobody knows, nor after one that may have followed a
 * lost answer. @param error of a call that makes something
 */
export function isRefusal(error: unknown): boolean {
  const cause: unknown = TsmachineError.is(error) ? error.cause : error;
  return codeOf(error) !== undefined && failureOf(cause) === 'lasting';
}

export interface Refused {
  /** `t3.micro in eu-central-1a`. */
  readonly place: string;
  readonly error: unknown;
}

/** No place had room: each with Amazon's own words. */
export function noRoom(
  refused: readonly Refused[],
  { spot, fallback }: { readonly spot: boolean; readonly fallback: boolean },
): TsmachineError {
  const [first] = refused;
  const lines = refused.map(({ place, error }) => `  ${place}: ${wordsOf(error)} (${codeOf(error) ?? ''})`);
  const more = 'Name more of --amazonec2-instance-type, --amazonec2-zone or --amazonec2-subnet-id';
  const hint: Text =
    spot && !fallback
      ? `${more}, take one on demand instead with --amazonec2-spot-fallback, or try again later`
      : `${more}, or try again later`;
  return new TsmachineError('DRIVER_FAILED', [`EC2 has no room for the machine:`, ...lines].join('\n'), {
    hint,
    cause: causeOf(first?.error),
  });
}

function wordsOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? cause.message : String(cause);
}

function causeOf(error: unknown): unknown {
  return TsmachineError.is(error) ? (error.cause ?? error) : error;
}
