import type { KeptMachine, Power } from '../../types.js';
import { list, put, same, text } from '../../world/json.js';
import type { Stored, Subscription, World } from '../../world/world.js';
import { types } from '../network/used.js';
import { show } from '../tracked.js';
import { instanceView } from './machine/view.js';
import { dropMachine } from './parts.js';

/** What tests and hosts that play machines see. */
export function machines(world: World): KeptMachine[] {
  return [...world.subscriptions.values()].flatMap((subscription) =>
    subscription.of(types.machine).map((each) => kept(subscription, each)),
  );
}

function kept(subscription: Subscription, stored: Stored): KeptMachine {
  const { id, name, body, hidden } = stored;
  const configuration = primary(subscription, stored);
  const address = subscription.get(text(configuration, 'properties.publicIPAddress.id') ?? '');
  const keys = list(body, 'properties.osProfile.linuxConfiguration.ssh.publicKeys').map((key) => text(key, 'keyData') ?? '');
  const shown = show(stored, {}, subscription);
  put(shown, 'properties.instanceView', instanceView(stored));
  return {
    id,
    subscription: subscription.id,
    name,
    power: (text(hidden, 'power') ?? '') as Power,
    customData: text(hidden, 'customData') ?? null,
    user: text(body, 'properties.osProfile.adminUsername') ?? null,
    publicKeys: keys,
    publicAddress: text(address?.body, 'properties.ipAddress') ?? null,
    privateAddress: text(configuration, 'properties.privateIPAddress') ?? null,
    shown,
  };
}

function primary(subscription: Subscription, { body }: Stored) {
  const named = list(body, 'properties.networkProfile.networkInterfaces');
  const nic = subscription.get(
    text(
      named.find((each) => text(each, 'properties.primary') !== 'false'),
      'id',
    ) ?? '',
  );
  return list(nic?.body, 'properties.ipConfigurations')[0];
}

function where(world: World, id: string): { subscription: Subscription; stored: Stored } {
  for (const subscription of world.subscriptions.values()) {
    const stored = subscription.get(id);
    if (stored && same(stored.type, types.machine)) return { subscription, stored };
  }
  throw new Error(`no machine ${id}`);
}

interface Change {
  readonly power?: Power;
  readonly console?: string;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
}

export function moveMachine(world: World, id: string, { power, console, publicAddress, privateAddress }: Change): void {
  const { subscription, stored } = where(world, id);
  if (power !== undefined) stored.hidden['power'] = power;
  if (console !== undefined) world.consoles.set(id.toLowerCase(), console);
  const configuration = primary(subscription, stored);
  if (privateAddress !== undefined && configuration) put(configuration, 'properties.privateIPAddress', privateAddress);
  const address = subscription.get(text(configuration, 'properties.publicIPAddress.id') ?? '');
  if (publicAddress !== undefined && address) put(address.body, 'properties.ipAddress', publicAddress);
}

/** Azure takes a spot machine back. @throws Error when it is none */
export function reclaim(world: World, id: string): void {
  const { subscription, stored } = where(world, id);
  if (text(stored.body, 'properties.priority') !== 'Spot') throw new Error(`${id} is no spot machine`);
  if (text(stored.body, 'properties.evictionPolicy') === 'Delete') dropMachine(world, subscription, stored);
  else {
    stored.hidden['power'] = 'deallocated';
    world.note(id, 'deallocating');
  }
}
