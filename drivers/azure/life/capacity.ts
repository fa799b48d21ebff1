import type { Verdict } from '../../../src/driver/kit/cloud/choose/offers.js';
import { armRefusal } from '../errors.js';

/** Another size or zone may do (learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available). */
const placeIsFull = new Set([
  'SkuNotAvailable',
  'AllocationFailed',
  'ZonalAllocationFailed',
  'OverconstrainedAllocationRequest',
  'OverconstrainedZonalAllocationRequest',
  'AllocationFailedDueToCapacityReservation',
  'BadRequest_SkuNotAvailable',
  'NotAvailableForSubscription',
  'LowPriorityVmSizeNotSupported',
  'VMSizeNotSupported',
]);

/** A quota is of a family of sizes, or of all that a location has. */
const quotaCodes = new Set(['QuotaExceeded', 'OperationNotAllowed', 'ResourceQuotaExceeded']);
const isSpotQuota = /spot|low ?priority/i;

/** What a refusal, at once or at the end, means for the places that were not tried yet. */
export function verdictOf(error: unknown): Verdict {
  const refusal = armRefusal(error);
  if (!refusal) return 'end';
  if (placeIsFull.has(refusal.code)) return 'next place';
  if (!quotaCodes.has(refusal.code) || !/quota|cores|limit/i.test(refusal.message)) return 'end';
  return isSpotQuota.test(refusal.message) ? 'no more spot' : 'next place';
}

/** Whether Azure has surely made nothing, or what it made was removed. After a lost answer or an error of its own nobody knows. */
export function isRefusal(error: unknown): boolean {
  const refusal = armRefusal(error);
  return refusal !== undefined && refusal.status !== 429 && refusal.status < 500;
}
