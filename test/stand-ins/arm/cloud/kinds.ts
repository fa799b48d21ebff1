import type { Kind } from '../front/kinds.js';
import { catalogueKinds } from './compute/catalogue/kinds.js';
import { diskKind } from './compute/disks.js';
import { machineKinds } from './compute/machine/kind.js';
import { placeKind, setKind } from './compute/sets.js';
import { marketplaceKinds } from './marketplace.js';
import { addressKind } from './network/addresses.js';
import { groupKind, ruleKind } from './network/groups.js';
import { interfaceKind } from './network/interfaces.js';
import { networkKind, subnetKind } from './network/networks.js';
import { groupKinds } from './resources/groups.js';
import { operationKinds } from './resources/operations.js';
import { subscriptionKinds } from './resources/subscriptions.js';

/** Everything that is played. */
export const kinds: readonly Kind[] = [
  ...subscriptionKinds,
  ...groupKinds,
  ...operationKinds,
  networkKind,
  subnetKind,
  groupKind,
  ruleKind,
  addressKind,
  interfaceKind,
  diskKind,
  setKind,
  placeKind,
  ...machineKinds,
  ...catalogueKinds,
  ...marketplaceKinds,
];
