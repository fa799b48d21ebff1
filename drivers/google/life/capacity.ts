import type { Verdict } from '../../../src/driver/kit/cloud/choose/offers.js';
import { refusedOf } from '../call/refused.js';
import type { Offer } from './launch.js';

/** Another type or zone may do (cloud.google.com/compute/docs/troubleshooting/troubleshooting-resource-availability). */
const placeIsFull = /^(ZONE_)?RESOURCE_POOL_EXHAUSTED|^UNSUPPORTED_OPERATION$|^stockout$/i;

/** What a refusal of instances.insert, at once or late, means for the places that were not tried yet. */
export function verdictOf(error: unknown): Verdict {
  const refused = refusedOf(error);
  if (!refused) return 'end';
  const { reason, message } = refused;
  if (placeIsFull.test(reason) || /does not have enough resources available/.test(message)) return 'next place';
  // a type that this zone has not got, or a disk or GPU that does not go with it there
  if (reason === 'invalid' && /zones\/[\w-]+\/(machineTypes|diskTypes|acceleratorTypes)\//.test(message)) return 'next place';
  if (/^(quotaExceeded|QUOTA_EXCEEDED)$/.test(reason)) return /PREEMPTIBLE/i.test(message) ? 'no more spot' : 'end';
  return 'end';
}

/** Zones that Google itself says to have room come first. Pure. */
export function withRoomFirst(left: readonly Offer[], error: unknown): readonly Offer[] {
  const zones = zonesWithRoom(error);
  if (zones.length === 0) return left;
  const isBetter = ({ candidate: { zone } }: Offer) => zones.includes(zone);
  const [current] = left;
  const market = current?.market;
  const same = left.filter((offer) => offer.market === market);
  return [...same.filter(isBetter), ...same.filter((offer) => !isBetter(offer)), ...left.filter((offer) => offer.market !== market)];
}

/** What the error names in its details. */
export function zonesWithRoom(error: unknown): readonly string[] {
  const words = refusedOf(error)?.facts['zonesAvailable'] ?? '';
  return words.split(/[\s,]+/).filter((word) => word !== '');
}
