import { ArmError } from '../../front/errors.js';
import { versions, type Answer, type Arrived, type Handler, type Kind } from '../../front/kinds.js';
import { copy, dig, put, same, text, type Json } from '../../world/json.js';
import type { Stored, Subscription } from '../../world/world.js';
import { removeAll, usedFromOutside } from '../by-hand.js';
import { checkLocation, locationNamed } from '../locations.js';
import { checkTags } from '../tags.js';
import { begin } from '../tracked.js';
import { fitsFilter } from './filter.js';

export const groupType = 'Microsoft.Resources/resourceGroups';
const type = 'Microsoft.Resources/subscriptions/resourceGroups';

function show({ id, name, body }: Stored): Json {
  return { id, name, type: groupType, ...copy(body) };
}

function found({ subscription, address }: Arrived): Stored {
  return subscription.group(address.names[1] ?? '');
}

function write(arrived: Arrived): Answer {
  const { subscription, address, body, world } = arrived;
  const name = address.names[1] ?? '';
  checkShape(body);
  if (!/^[-\w._()]{1,90}$/.test(name) || name.endsWith('.')) {
    const message = `The provided resource group name '${name}' has these invalid characters: '${name.replace(/[-\w._()]/g, '')}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_'.`;
    throw new ArmError(400, 'InvalidResourceGroupName', message);
  }
  if (typeof body['location'] === 'string' && locationNamed(body['location']) === undefined) {
    const message = `The provided location '${body['location']}' is not available for resource group. List of available regions is 'centralus,eastus,westus,...'.`;
    throw new ArmError(400, 'LocationNotAvailableForResourceGroup', message);
  }
  const location = checkLocation(body, groupType);
  checkTags(body['tags']);
  const before = subscription.get(address.id);
  if (before && text(before.body, 'location') !== location) {
    const message = `Invalid resource group location '${location}'. The Resource group already exists in location '${text(before.body, 'location') ?? ''}'.`;
    throw new ArmError(409, 'InvalidResourceGroupLocation', message);
  }
  if (before && subscription.deleting.has(before.id.toLowerCase())) {
    throw new ArmError(
      409,
      'ResourceGroupBeingDeleted',
      `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
    );
  }
  const kept = { ...copy(body), location, properties: { provisioningState: 'Succeeded' } };
  if (before) before.body = kept;
  const id = subscription.groupId(name);
  const stored = before ?? subscription.add({ id, type: groupType, name, group: name, body: kept }, world.behaviour.unseenInLists);
  return { status: before ? 200 : 201, body: show(stored) };
}

/** The published types have no resource groups. */
function checkShape(body: Json): void {
  const wrong = Object.keys(body).filter((key) => !['location', 'tags', 'managedBy', 'properties', 'id', 'name', 'type'].includes(key));
  if (wrong.length === 0) return;
  throw new ArmError(
    400,
    'InvalidRequestContent',
    `Could not find member '${wrong.join(', ')}' on object of type 'ResourceGroupDefinition'.`,
  );
}

function remove(arrived: Arrived): Answer {
  const { subscription } = arrived;
  const group = found(arrived);
  const key = group.id.toLowerCase();
  subscription.deleting.add(key);
  put(group.body, 'properties.provisioningState', 'Deleting');
  const operation = begin(arrived, group.id, text(group.body, 'location') ?? '', {
    finish: () => {
      const used = usedFromOutside(subscription, group);
      if (used.length > 0) {
        const message = `Deletion of resource group '${group.name}' failed as resources with identifiers '${used.join(',')}' could not be deleted. The provisioning state of the resource group will be rolled back.`;
        throw new ArmError(409, 'ResourceGroupDeletionBlocked', message);
      }
      removeAll(arrived.world, subscription, group);
      subscription.deleting.delete(key);
    },
    fail: () => {
      subscription.deleting.delete(key);
      put(group.body, 'properties.provisioningState', 'Succeeded');
    },
  });
  return { status: 202, operation, told: 'location' };
}

function changeTags(arrived: Arrived): Answer {
  const group = found(arrived);
  checkShape(arrived.body);
  checkTags(arrived.body['tags']);
  if (arrived.body['tags'] !== undefined) group.body['tags'] = copy(arrived.body['tags']);
  return { status: 200, body: show(group) };
}

function listResources({ subscription, query, address }: Arrived): Answer {
  if (address.group !== undefined) subscription.group(address.group);
  const filter = query.get('$filter');
  const all = [...subscription.resources.values()].filter(
    (each) => each.type !== groupType && (address.group === undefined || same(each.group, address.group)) && each.unseen-- <= 0,
  );
  return { status: 200, body: { value: all.filter((each) => fitsFilter(filter, each)).map(short) } };
}

function short(stored: Stored): Json {
  const { id, name, body } = stored;
  const kept: Json = { id, name, type: stored.type };
  for (const key of ['location', 'tags', 'zones', 'sku', 'identity', 'plan']) if (body[key] !== undefined) kept[key] = copy(dig(body, key));
  return kept;
}

const read: Handler = { action: `${type}/read`, work: (arrived) => ({ status: 200, body: show(found(arrived)) }) };

export const groupKinds: readonly Kind[] = [
  {
    type,
    versions: versions.resources,
    handlers: {
      GET: {
        ...read,
        work: (arrived) => {
          const running = arrived.world.operations.running(arrived.address.id);
          if (running) arrived.world.operations.tick(running);
          return read.work(arrived);
        },
      },
      HEAD: { ...read, work: ({ subscription, address }) => ({ status: subscription.get(address.id) ? 204 : 404 }) },
      LIST: {
        ...read,
        work: ({ subscription, query }) => {
          const all = subscription.of(groupType).filter((each) => each.unseen-- <= 0 && fitsFilter(query.get('$filter'), each));
          return { status: 200, body: { value: all.map(show) } };
        },
      },
      PUT: { action: `${type}/write`, takes: 'own', work: write },
      PATCH: { action: `${type}/write`, takes: 'own', work: changeTags },
      DELETE: { action: `${type}/delete`, work: remove },
    },
  },
  {
    type: 'Microsoft.Resources/subscriptions/resources',
    versions: versions.resources,
    handlers: { LIST: { action: 'Microsoft.Resources/subscriptions/resources/read', work: listResources } },
  },
  {
    type: `${type}/resources`,
    versions: versions.resources,
    handlers: { LIST: { action: `${type}/resources/read`, work: listResources } },
  },
  {
    type: 'Microsoft.Resources/tags',
    versions: versions.resources,
    handlers: {
      GET: { action: 'Microsoft.Resources/tags/read', work: (arrived) => showTags(scoped(arrived)) },
      PATCH: { action: 'Microsoft.Resources/tags/write', takes: 'own', work: mergeTags },
    },
  },
];

function scoped({ subscription, address }: Arrived): Stored {
  const scope = address.scope ?? '';
  const stored = subscription.get(scope);
  if (stored) return stored;
  throw new ArmError(404, 'ResourceNotFound', `The resource '${scope}' was not found.`);
}

function showTags({ id, body }: Stored): Answer {
  const place = `${id}/providers/Microsoft.Resources/tags/default`;
  return { status: 200, body: { id: place, name: 'default', type: 'Microsoft.Resources/tags', properties: { tags: body['tags'] ?? {} } } };
}

function mergeTags(arrived: Arrived): Answer {
  const stored = scoped(arrived);
  const given = (dig(arrived.body, 'properties.tags') ?? {}) as Json;
  const before = (stored.body['tags'] ?? {}) as Json;
  const operation = text(arrived.body, 'operation');
  checkTags(given);
  if (operation === 'Replace') stored.body['tags'] = { ...given };
  else if (operation === 'Merge') stored.body['tags'] = { ...before, ...given };
  else if (operation === 'Delete')
    stored.body['tags'] = Object.fromEntries(Object.entries(before).filter(([key, value]) => given[key] !== value));
  else throw new ArmError(400, 'InvalidTagPatchOperation', `The operation '${operation ?? ''}' is not Replace, Merge or Delete.`);
  return showTags(stored);
}

export function groupsOf(subscription: Subscription): Stored[] {
  return subscription.of(groupType);
}
