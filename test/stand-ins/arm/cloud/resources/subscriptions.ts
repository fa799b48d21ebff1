import { ArmError } from '../../front/errors.js';
import { versions, type Answer, type Arrived, type Kind } from '../../front/kinds.js';
import type { Json } from '../../world/json.js';
import type { Subscription } from '../../world/world.js';
import { locations } from '../locations.js';

const type = 'Microsoft.Resources/subscriptions';

function show({ id, tenant, options }: Subscription): Json {
  return {
    id: `/subscriptions/${id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: id,
    tenantId: tenant,
    displayName: `Stand-in ${id.slice(0, 4)}`,
    state: options.state ?? 'Enabled',
    subscriptionPolicies: { locationPlacementId: 'Public_2014-09-01', quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' },
  };
}

function showAll({ world, subscription }: Arrived): Answer {
  const own = [...world.subscriptions.values()].filter(({ tenant }) => tenant === subscription.tenant);
  return { status: 200, body: { value: own.map(show), count: { type: 'Total', value: own.length } } };
}

function showLocations({ subscription }: Arrived): Answer {
  const value = locations.map(({ name, displayName, zones }) => ({
    id: `/subscriptions/${subscription.id}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: displayName,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended' },
    ...(zones.length === 0
      ? {}
      : { availabilityZoneMappings: zones.map((zone) => ({ logicalZone: zone, physicalZone: `${name}-az${zone}` })) }),
  }));
  return { status: 200, body: { value } };
}

function showProvider(namespace: string, { subscription }: Arrived): Json {
  const left = subscription.registered.get(namespace.toLowerCase());
  const registrationState = left === undefined ? 'NotRegistered' : left > 0 ? 'Registering' : 'Registered';
  return { id: `/subscriptions/${subscription.id}/providers/${namespace}`, namespace, registrationState, resourceTypes: [] };
}

/** Registering takes some looks. */
function lookAtProvider(namespace: string, arrived: Arrived): Json {
  const shown = showProvider(namespace, arrived);
  const { registered } = arrived.subscription;
  const left = registered.get(namespace.toLowerCase());
  if (left !== undefined && left > 0) registered.set(namespace.toLowerCase(), left - 1);
  return shown;
}

const known = ['Microsoft.Compute', 'Microsoft.Network', 'Microsoft.Storage', 'Microsoft.MarketplaceOrdering', 'Microsoft.ManagedIdentity'];

function providerKind(namespace: string): Kind {
  return {
    type: namespace,
    versions: versions.resources,
    handlers: {
      GET: { action: `${type}/providers/read`, work: (arrived) => ({ status: 200, body: lookAtProvider(namespace, arrived) }) },
      'POST register': {
        action: `${namespace}/register/action`,
        always: true,
        takes: 'own',
        work: (arrived) => {
          const key = namespace.toLowerCase();
          const { subscription, world } = arrived;
          if ((subscription.options.state ?? 'Enabled') !== 'Enabled') {
            throw new ArmError(
              409,
              'ReadOnlyDisabledSubscription',
              `The subscription '${subscription.id}' is disabled and therefore marked as read only.`,
            );
          }
          if (!subscription.registered.has(key)) subscription.registered.set(key, world.behaviour.registering);
          return { status: 200, body: showProvider(namespace, arrived) };
        },
      },
    },
  };
}

export const subscriptionKinds: readonly Kind[] = [
  {
    type,
    versions: versions.resources,
    handlers: {
      GET: { action: `${type}/read`, work: ({ subscription }) => ({ status: 200, body: show(subscription) }) },
      LIST: { action: `${type}/read`, work: showAll },
    },
  },
  {
    type: `${type}/locations`,
    versions: versions.resources,
    handlers: { LIST: { action: `${type}/locations/read`, work: showLocations } },
  },
  {
    type: `${type}/providers`,
    versions: versions.resources,
    handlers: {
      LIST: {
        action: `${type}/providers/read`,
        work: (arrived) => ({ status: 200, body: { value: known.map((each) => showProvider(each, arrived)) } }),
      },
    },
  },
  ...known.map(providerKind),
];
