import { setTimeout as pause } from 'node:timers/promises';

import { isUp, logOf, playGuest, removeGuest, type GuestOrder } from '../guests/player.js';
import { isAlive } from '../guests/state.js';
import { change, type Vm, type World } from './state.js';
import { Complaint } from './powershell/errors.js';

const alwaysThere = 1;
const root = process.env['HYPERV_STAND_IN_ROOT'] ?? '';

/** Start-VM. In a world whose guests are imagined, they boot at once and have the address that stands there. */
export async function start({ uuid, name, attached, settings }: Vm): Promise<void> {
  if (Object.keys(attached).length === 0)
    throw new Complaint(`'${name}' failed to start: there is nothing to boot from.`, 'OperationFailed');
  const imagined = change(({ vms, global }) => {
    if (global['imagined'] === undefined) return false;
    global[`lease/${settings['mac'] ?? ''}`] = global['imagined'];
    runs(vms[uuid], alwaysThere);
    return true;
  });
  if (imagined) return;
  const pid = playGuest(
    uuid,
    change((world) => orderOf(world, uuid)),
    root,
  );
  await until(() => {
    if (!isAlive(pid)) throw new Complaint(`'${name}' failed to start: see ${logOf(uuid)}`, 'OperationFailed');
    return isUp(uuid, pid);
  });
  change(({ vms }) => {
    runs(vms[uuid], pid);
  });
}

/** What plays the guest needs to know of its VM. */
function orderOf({ vms, networks }: World, uuid: string): GuestOrder {
  const { attached = {}, settings = {} } = vms[uuid] ?? {};
  const seed = Object.values(attached).find((path) => path.endsWith('seed.iso'));
  const network = networks[settings['switch'] ?? ''];
  const mac = settings['mac'];
  return {
    forwards: [],
    ...(seed === undefined ? {} : { seed }),
    ...(network ? { network } : {}),
    ...(mac === undefined ? {} : { mac }),
  };
}

/** Its adapter has an address of its own from then on. */
function runs(vm: Vm | undefined, pid: number): void {
  if (!vm) return;
  Object.assign(vm, { state: 'running', pid });
  vm.settings['started'] = 'true';
}

/** Resume-VM */
export function resume(id: string): void {
  change(({ vms }) => {
    Object.assign(vms[id] ?? {}, { state: 'running' });
  });
}

/** Stop-VM waits until the VM is off. */
export async function stop({ uuid, pid }: Vm, signal: 'SIGTERM' | 'SIGINT'): Promise<void> {
  if (pid !== alwaysThere) {
    process.kill(pid, signal);
    await until(() => !isAlive(pid));
  }
  change(({ vms }) => {
    Object.assign(vms[uuid] ?? {}, { state: 'poweroff' });
  });
}

/** Remove-VM: the disks stay. */
export function forget({ uuid }: Vm): void {
  removeGuest(uuid, root);
  change(({ vms }) => {
    delete vms[uuid];
  });
}

async function until(done: () => boolean): Promise<void> {
  const end = Date.now() + 100_000;
  while (!done()) {
    if (Date.now() > end) throw new Error('the guest does not obey');
    await pause(50);
  }
}
