import { ArmError } from '../../front/errors.js';
import type { Exhausted } from '../../types.js';
import { same, text, texts, type Json } from '../../world/json.js';
import type { Subscription, World } from '../../world/world.js';

const messages = {
  AllocationFailed:
    'Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood ' +
    'of allocation success at https://aka.ms/allocation-guidance',
  ZonalAllocationFailed:
    'Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read more about improving likelihood of ' +
    'allocation success at https://aka.ms/allocation-guidance',
  OverconstrainedAllocationRequest:
    'Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too restrictive. Please remove ' +
    'some constraints and try again. Constraints applied are:\n  - Networking Constraints (such as Accelerated Networking or IPv6)\n  - VM Size\n',
};

function fits(entry: Exhausted, { id }: Subscription, body: Json): boolean {
  const priority = text(body, 'properties.priority') === 'Spot' ? 'Spot' : 'Regular';
  const zone = texts(body, 'zones')[0];
  return (
    (entry.subscription === undefined || entry.subscription === id) &&
    (entry.location === undefined || entry.location === text(body, 'location')) &&
    (entry.zone === undefined || entry.zone === zone) &&
    (entry.size === undefined || same(entry.size, text(body, 'properties.hardwareProfile.vmSize'))) &&
    (entry.priority === undefined || entry.priority === priority)
  );
}

/** What Azure knows before it tries. @throws ArmError SkuNotAvailable */
export function checkOffer(world: World, subscription: Subscription, body: Json): void {
  if (!world.exhausted.some((each) => each.code === 'SkuNotAvailable' && fits(each, subscription, body))) return;
  const size = text(body, 'properties.hardwareProfile.vmSize') ?? '';
  throw new ArmError(
    409,
    'SkuNotAvailable',
    `The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: ${size}' is currently not available in ` +
      `location '${text(body, 'location') ?? ''}'. Please try another size or deploy to a different location or different zone. ` +
      'See https://aka.ms/azureskunotavailable for details.',
  );
}

/** What it finds when it tries. @throws ArmError AllocationFailed, ZonalAllocationFailed or OverconstrainedAllocationRequest */
export function allocate(world: World, subscription: Subscription, body: Json): void {
  const entry = world.exhausted.find((each) => each.code !== 'SkuNotAvailable' && fits(each, subscription, body));
  if (entry === undefined) return;
  const code = entry.code ?? (texts(body, 'zones').length > 0 ? 'ZonalAllocationFailed' : 'AllocationFailed');
  if (code !== 'SkuNotAvailable') throw new ArmError(409, code, messages[code]);
}
