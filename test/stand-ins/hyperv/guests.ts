import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { change, home, isAlive, type Vm } from '../virtualbox/state.js';
import { Complaint } from './powershell/errors.js';

const alwaysThere = 1;
const root = process.env['HYPERV_STAND_IN_ROOT'] ?? '';
const program = join(root, 'test', 'helpers', 'vboxmanage', 'guest.ts');

/** Start-VM. In a world whose guests are imagined, they boot at once and have the address that stands there. */
export async function start({ uuid, name, attached, settings }: Vm): Promise<void> {
  if (Object.keys(attached).length === 0)
    throw new Complaint(`'${name}' failed to start: there is nothing to boot from.`, 'OperationFailed');
  const imagined = change(({ vms, global }) => {
    if (global['imagined'] === undefined) return false;
    global[`lease/${settings['macaddress2'] ?? ''}`] = global['imagined'];
    runs(vms[uuid], alwaysThere);
    return true;
  });
  if (imagined) return;
  const log = openSync(join(home, `${uuid}.log`), 'a');
  const child = spawn(process.execPath, ['--import', 'tsx', program, 'run', uuid], {
    cwd: root,
    detached: true,
    stdio: ['ignore', log, log],
  });
  const pid = child.pid ?? 0;
  child.unref();
  await until(() => {
    if (!isAlive(pid)) throw new Complaint(`'${name}' failed to start: see ${home}/${uuid}.log`, 'OperationFailed');
    return existsSync(join(home, `${uuid}.${pid}.up`));
  });
  change(({ vms }) => {
    runs(vms[uuid], pid);
  });
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
  if (existsSync(join(home, 'guests', uuid))) {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program, 'remove', uuid], { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
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
