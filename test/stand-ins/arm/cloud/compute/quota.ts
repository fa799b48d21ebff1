import { ArmError } from '../../front/errors.js';
import type { Arrived } from '../../front/kinds.js';
import { text, type Json } from '../../world/json.js';
import type { Subscription } from '../../world/world.js';
import { types } from '../network/used.js';
import { sizes, type Size } from './catalogue/sizes.js';

const none = 1_000_000;

interface Counted {
  readonly name: string;
  readonly localized: string;
  readonly used: number;
  readonly limit: number;
}

/** Cores of all machines in a location, also of those that are off. */
function cores(subscription: Subscription, location: string, fits: (size: Size, spot: boolean) => boolean): number {
  return subscription
    .of(types.machine)
    .filter(({ body }) => text(body, 'location') === location)
    .reduce((sum, { body }) => {
      const size = sizes.find(({ name }) => name === text(body, 'properties.hardwareProfile.vmSize'));
      return sum + (size && fits(size, text(body, 'properties.priority') === 'Spot') ? size.cores : 0);
    }, 0);
}

function counted(subscription: Subscription, location: string, family: string): { total: Counted; spot: Counted; family: Counted } {
  const { limits } = subscription;
  const of = (fits: (size: Size, spot: boolean) => boolean) => cores(subscription, location, fits);
  return {
    total: { name: 'cores', localized: 'Total Regional', used: of((_, spot) => !spot), limit: limits.cores ?? none },
    spot: { name: 'lowPriorityCores', localized: 'LowPriorityCores', used: of((_, spot) => spot), limit: limits.spotCores ?? none },
    family: {
      name: family,
      localized: family,
      used: of((size, spot) => !spot && size.family === family),
      limit: limits.families?.[family] ?? none,
    },
  };
}

/** @throws ArmError: OperationNotAllowed for all cores of a region, QuotaExceeded for a family, as Azure says the one or the other */
export function checkQuota(subscription: Subscription, location: string, size: Size, spot: boolean): void {
  const all = counted(subscription, location, size.family);
  for (const each of spot ? [all.spot] : [all.total, all.family]) {
    if (each.used + size.cores <= each.limit) continue;
    throw new ArmError(
      409,
      each === all.family ? 'QuotaExceeded' : 'OperationNotAllowed',
      `Operation could not be completed as it results in exceeding approved ${each.localized} Cores quota. Additional details - ` +
        `Deployment Model: Resource Manager, Location: ${location}, Current Limit: ${each.limit}, Current Usage: ${each.used}, ` +
        `Additional Required: ${size.cores}, (Minimum) New Limit Required: ${each.used + size.cores}. ` +
        'Setup Alerts when Quota reaches threshold. Learn more at https://aka.ms/quotamonitoringalerting . ' +
        'Submit a request for Quota increase at https://aka.ms/ProdportalCRP by specifying parameters listed in the ‘Details’ section ' +
        'for deployment to succeed. Please read more about quota limits at ' +
        'https://docs.microsoft.com/en-us/azure/azure-supportability/per-vm-quota-requests',
    );
  }
}

export function usages({ subscription }: Arrived, location: string): Json[] {
  const families = [...new Set(sizes.map(({ family }) => family))];
  const first = counted(subscription, location, families[0] ?? '');
  const all = [first.total, first.spot, ...families.map((family) => counted(subscription, location, family).family)];
  return all.map(({ name, localized, used, limit }) => ({
    currentValue: used,
    limit,
    unit: 'Count',
    name: { value: name, localizedValue: `${localized} vCPUs` },
  }));
}
