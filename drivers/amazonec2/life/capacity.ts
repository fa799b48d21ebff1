import { TsmachineError } from '../../../src/base/errors.js';
import type { Verdict } from '../../../src/driver/kit/cloud/choose/offers.js';
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
export function verdictOf(error: unknown): Verdict {
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
