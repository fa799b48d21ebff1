import { dig, list, text } from '../../world/json.js';
import type { Stored, Subscription, World } from '../../world/world.js';

/** Takes a machine away, and of its disk, interfaces and addresses what their deleteOption says. */
export function dropMachine(world: World, subscription: Subscription, machine: Stored): void {
  const running = world.operations.running(machine.id);
  if (running) world.operations.preempt(running);
  subscription.delete(machine.id);
  world.consoles.delete(machine.id.toLowerCase());
  const goes = (part: unknown, path: string) => text(part, path) === 'Delete';
  const disk = dig(machine.body, 'properties.storageProfile.osDisk');
  if (goes(disk, 'deleteOption')) subscription.delete(text(disk, 'managedDisk.id') ?? '');
  for (const named of list(machine.body, 'properties.networkProfile.networkInterfaces')) {
    const nic = subscription.get(text(named, 'id') ?? '');
    if (nic === undefined || !goes(named, 'properties.deleteOption')) continue;
    subscription.delete(nic.id);
    subscription.reserved.delete(nic.id.toLowerCase());
    for (const configuration of list(nic.body, 'properties.ipConfigurations')) {
      if (!goes(configuration, 'properties.publicIPAddress.properties.deleteOption')) continue;
      subscription.delete(text(configuration, 'properties.publicIPAddress.id') ?? '');
    }
  }
  world.note(machine.id, 'deleted');
}
