/**
 * A running VM of the stand-in as a virtual machine of QEMU: real firmware, disk, kernel and adapters.
 *   player.ts run UUID      until it is off; SIGTERM presses the power button, SIGINT pulls the plug
 *   player.ts remove UUID
 * It does not outlive the tests (VBOX_STAND_IN_OWNER), and QEMU does not outlive it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { waitFor } from '../../../../src/base/wait.js';
import { change, home, isAlive, type World } from '../state.js';
import { accelerator } from './accelerator.js';
import { contentOf } from './content.js';
import { hardware } from './hardware.js';
import { leaseOf, plug, unplug } from './host-only.js';
import { order } from './qmp.js';

const [verb = '', uuid = ''] = process.argv.slice(2);
const folder = join(home, 'guests', uuid);
const qmp = join(folder, 'qmp');
const owner = Number(process.env['VBOX_STAND_IN_OWNER']);
const known = new Map<string, string>();

if (verb === 'remove') rmSync(folder, { recursive: true, force: true });
else await run();

async function run(): Promise<void> {
  const world = change((all) => all);
  const { settings } = vmIn(world);
  const hostOnly = settings['nic2'] === 'hostonly' ? settings['hostonlyadapter2'] : undefined;
  mkdirSync(folder, { recursive: true });
  rmSync(qmp, { force: true });
  try {
    await play(world, hostOnly);
  } finally {
    if (hostOnly !== undefined) unplug(hostOnly);
  }
}

async function play(world: World, hostOnly: string | undefined): Promise<void> {
  const words = hardware(vmIn(world), {
    accelerator: accelerator(),
    qmp,
    tap: hostOnly === undefined ? undefined : plug(hostOnly),
    drive: (path) => {
      const medium = world.media[path];
      return medium?.kind === 'disk' ? { file: contentOf(path, medium.uuid), format: 'qcow2' } : { file: path, format: 'iso' };
    },
  });
  const qemu = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...words], { stdio: ['ignore', 'inherit', 'inherit'] });
  const end = once(qemu, 'exit');
  const isOn = () => qemu.exitCode === null && qemu.signalCode === null;
  const press = async (command: 'system_powerdown' | 'quit') => {
    try {
      await order(qmp, command);
    } catch (error) {
      console.error(error);
      if (command === 'quit') qemu.kill('SIGKILL');
    }
  };
  process
    .on('SIGTERM', () => {
      void press('system_powerdown');
    })
    .on('SIGINT', () => {
      void press('quit');
    });
  await Promise.race([end, waitFor(() => existsSync(qmp) || undefined, { timeout: 20_000, interval: 20, what: 'QEMU to listen' })]);
  if (isOn()) writeFileSync(join(home, `${uuid}.${process.pid}.up`), '');
  while (isOn()) {
    await Promise.race([end, pause(300)]);
    if (hostOnly !== undefined) rememberLease(hostOnly, vmIn(world).settings['macaddress2'] ?? '');
    if (!isAlive(owner)) qemu.kill('SIGKILL');
  }
}

/** VirtualBox's DHCP server is asked by `dhcpserver findlease`. */
function rememberLease(hostOnly: string, mac: string): void {
  const ip = leaseOf(hostOnly, mac);
  const key = `lease/${mac.toLowerCase()}`;
  if (ip !== undefined && ip !== known.get(key))
    change(({ global }) => {
      global[key] = ip;
    });
  if (ip !== undefined) known.set(key, ip);
}

function vmIn({ vms }: World): World['vms'][string] {
  const vm = vms[uuid];
  if (!vm) throw new Error(`there is no VM ${uuid}`);
  return vm;
}
