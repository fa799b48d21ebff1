/**
 * A stand-in for VBoxManage: keeps real state below STAND_IN_HOME, refuses what VirtualBox refuses and prints what it prints, as seen
 * at version 7.2. A started VM is a machine of systemd-nspawn (../guests), or with VBOX_STAND_IN_PLAYER=qemu/player.ts one of QEMU.
 * `faults.json` there makes calls fail: [{"call": "^startvm ", "stderr": "...", "status": 1, "times": 1}].
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isUp, playGuest, removeGuest, type GuestOrder } from '../guests/player.js';
import { simple } from './answer.js';
import { readDisk } from './media.js';
import { Refusal, change, heard, home, isAlive, replace, type World } from './state.js';
import { openVm, unregister } from './vms.js';

interface Fault {
  call: string;
  stderr: string;
  stdout?: string;
  status: number;
  times: number;
}

const root = process.env['VBOX_STAND_IN_ROOT'] ?? '';
const args = process.argv.slice(2);

try {
  appendFileSync(join(home, 'calls.log'), `${JSON.stringify(args)}\n`);
  if (!fault()) process.stdout.write(await answer(args));
  process.stderr.write(heard());
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${heard()}VBoxManage: error: ${error.message}\n${error.details && `VBoxManage: error: ${error.details}\n`}`);
  process.exitCode = error.status;
}

function fault(): boolean {
  const file = join(home, 'faults.json');
  if (!existsSync(file)) return false;
  return change(() => {
    const faults = JSON.parse(readFileSync(file, 'utf8')) as Fault[];
    const found = faults.find((one) => one.times > 0 && new RegExp(one.call).test(args.join(' ')));
    if (!found) return false;
    found.times -= 1;
    replace(file, faults);
    process.stdout.write(found.stdout ?? '');
    process.stderr.write(found.stderr);
    process.exitCode = found.status;
    return true;
  });
}

async function answer([command = '', ...words]: readonly string[]): Promise<string> {
  switch (command) {
    case 'startvm':
      return start(words[0] ?? '');
    case 'controlvm':
      return control(words);
    case 'unregistervm': {
      const { uuid } = change((world) => unregister(world, words));
      removeGuest(uuid, root, player());
      return '';
    }
    default:
      return change((world) => simple(world, command, words));
  }
}

async function start(name: string): Promise<string> {
  const { uuid } = change((world) => {
    const vm = openVm(world, name);
    if (vm.state === 'running') throw new Refusal(`The machine '${vm.name}' is already locked by a session (or being locked or unlocked)`);
    const nic = vm.settings['hostonlyadapter2'];
    if (nic !== undefined && !world.interfaces[nic])
      throw new Refusal(`Failed to open/create the internal network 'HostInterfaceNetworking-${nic}' (VERR_INTNET_FLT_IF_NOT_FOUND).`);
    return vm;
  });
  const order = change((world) => orderOf(world, uuid));
  const pid = playGuest(uuid, order, root, player());
  const until = Date.now() + 60_000;
  while (!isUp(uuid, pid)) {
    if (Date.now() > until || !isAlive(pid)) {
      throw new Refusal(`The virtual machine '${name}' has terminated unexpectedly during startup with exit code 1 (0x1)`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  change((world) => {
    Object.assign(openVm(world, uuid), { state: 'running', pid });
  });
  return `Waiting for VM "${name}" to power on...\nVM "${name}" has been successfully started.\n`;
}

function control([name = '', verb = '']: readonly string[]): string {
  return change((world) => {
    const vm = openVm(world, name);
    if (vm.state === 'poweroff') throw new Refusal(`Machine '${name}' is not currently running.`);
    switch (verb) {
      case 'pause':
        vm.state = 'paused';
        return '';
      case 'resume':
        vm.state = 'running';
        return '';
      case 'acpipowerbutton':
        process.kill(vm.pid, 'SIGTERM');
        return '';
      case 'poweroff':
        process.kill(vm.pid, 'SIGINT');
        process.stderr.write('0%...10%...20%...30%...40%...50%...60%...70%...80%...90%...100%\n');
        return '';
      default:
        throw new Refusal(`Invalid parameter '${verb}'`, 2);
    }
  });
}

/** What plays the guest needs to know of its VM. */
function orderOf(world: World, uuid: string): GuestOrder {
  const { attached, forwards, settings } = openVm(world, uuid);
  const drives = Object.values(attached);
  const seed = drives.find((path) => path.endsWith('seed.iso'));
  const login = drives.some((path) => path.endsWith('boot2docker.iso'))
    ? drives.map((path) => readDisk(path)?.login).find((key) => key !== undefined)
    : undefined;
  const network = world.interfaces[settings['hostonlyadapter2'] ?? ''];
  const mac = settings['macaddress2'];
  return {
    forwards,
    ...(seed === undefined ? {} : { seed }),
    ...(login === undefined ? {} : { login }),
    ...(network ? { network } : {}),
    ...(mac === undefined ? {} : { mac }),
  };
}

/** What plays running VMs; undefined: machines of systemd-nspawn. */
function player(): string | undefined {
  const name = process.env['VBOX_STAND_IN_PLAYER'];
  return name === undefined ? undefined : join(root, 'test', 'stand-ins', 'virtualbox', name);
}
