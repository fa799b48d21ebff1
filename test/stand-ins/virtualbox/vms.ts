import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { register } from './media.js';
import { Refusal, isAlive, tell, type Vm, type World } from './state.js';
import { read } from './words.js';

const notFound = 'Details: code VBOX_E_OBJECT_NOT_FOUND (0x80bb0001), component VirtualBoxWrap, interface IVirtualBox, callee nsISupports';
const limited = 'Details: code E_ACCESSDENIED (0x80070005), component MachineWrap, interface IMachine, callee nsISupports';
const uuidLike = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function vmOf(world: World, name: string): Vm {
  const vm = world.vms[name] ?? Object.values(world.vms).find((one) => one.name === name);
  if (!vm) {
    throw new Refusal(
      uuidLike.test(name)
        ? `Could not find a registered machine with UUID {${name}}`
        : `Could not find a registered machine named '${name}'`,
      1,
      notFound,
    );
  }
  if (vm.state === 'running' && !isAlive(vm.pid)) vm.state = 'poweroff';
  return vm;
}

/** A VM that VirtualBox can open. */
export function openVm(world: World, name: string): Vm {
  const vm = vmOf(world, name);
  if (vm.closed) throw new Refusal('The object functionality is limited', 1, limited);
  return vm;
}

/** What VirtualBox does when its service starts again: a VM without its settings is closed, and a medium without its file is unknown. */
export function restart(world: World): void {
  for (const vm of Object.values(world.vms)) if (!existsSync(settingsOf(vm))) vm.closed = true;
  for (const path of Object.keys(world.media)) if (!existsSync(path)) delete world.media[path];
}

function settingsOf({ folder, name }: Vm): string {
  return join(folder, `${name}.vbox`);
}

/** Listing its VMs, VirtualBox tries again to open the closed ones: which works when their settings and all their disks are known. */
function reopen(world: World): void {
  for (const vm of Object.values(world.vms)) {
    const disks = Object.values(vm.attached);
    if (vm.closed && existsSync(settingsOf(vm)) && disks.length > 0 && disks.every((path) => isKnown(world, path))) delete vm.closed;
  }
}

/** VirtualBox notes disks in its own list; other media it opens as it needs them. */
function isKnown(world: World, path: string): boolean {
  return !/\.(vdi|vmdk)$/.test(path) || world.media[path] !== undefined;
}

export function listVms(world: World): string {
  reopen(world);
  return Object.values(world.vms)
    .map(({ name, uuid, closed }) => `"${closed ? '<inaccessible>' : name}" {${uuid}}\n`)
    .join('');
}

const longStates: Readonly<Record<string, string>> = { poweroff: 'powered off', gurumeditation: 'guru meditation' };

/** Of a VM that is closed it complains too, and goes on. */
export function listVmsAtLength(world: World): string {
  reopen(world);
  return Object.values(world.vms)
    .map((vm) => (vm.closed ? closedAtLength(vm) : atLength(vmOf(world, vm.uuid))))
    .join('\n');
}

function closedAtLength(vm: Vm): string {
  tell(
    `VBoxManage: error: Runtime error opening '${settingsOf(vm)}' for reading VERR_FILE_NOT_FOUND (File not found.).\n` +
      'VBoxManage: error: Details: code NS_ERROR_FAILURE (0x80004005), component MachineWrap, interface IMachine\n',
  );
  return (
    `Name:            <inaccessible!>\nUUID:            ${vm.uuid}\nConfig file:     ${settingsOf(vm)}\nEncryption:     disabled\n` +
    'Access error details:\n\n'
  );
}

function atLength(vm: Vm): string {
  const { name, uuid, settings, state, shares } = vm;
  const nic = settings['hostonlyadapter2'];
  const attachment =
    nic === undefined ? 'disabled' : `MAC: ${settings['macaddress2'] ?? ''}, Attachment: Host-only Interface '${nic}', Cable connected: on`;
  return (
    `Name:                        ${name}\nGroups:                      /\nUUID:                        ${uuid}\n` +
    `Config file:                 ${settingsOf(vm)}\nLog folder:                  ${join(vm.folder, 'Logs')}\n` +
    `Hardware UUID:               ${uuid}\nMemory size:                 ${settings['memory'] ?? ''}MB\n` +
    `State:                       ${longStates[state] ?? state} (since 2026-01-01T00:00:00.000000000)\n` +
    `NIC 2:                       ${attachment}\n\nShared folders:              \n\n` +
    Object.entries(shares)
      .map(([share, path]) => `Name: '${share}', Host path: '${path}' (machine mapping), writable, auto-mount\n`)
      .join('') +
    '\n* Guest:\n\n'
  );
}

function changeable(world: World, name: string): Vm {
  const vm = openVm(world, name);
  if (vm.state === 'running' || vm.state === 'paused' || vm.state === 'gurumeditation')
    throw new Refusal(`The machine '${vm.name}' is already locked for a session (or being unlocked)`);
  return vm;
}

export function createVm(world: World, args: readonly string[]): string {
  const { options } = read(args, { basefolder: 1, name: 1, uuid: 1, ostype: 1, register: 0, platformarchitecture: 1 }, true);
  const name = options.get('name') ?? '';
  const uuid = options.get('uuid') ?? randomUUID();
  const folder = join(options.get('basefolder') ?? '/', name);
  const settings = join(folder, `${name}.vbox`);
  if (existsSync(settings)) throw new Refusal(`Machine settings file '${settings}' already exists`);
  const twin = world.vms[uuid];
  if (twin) throw new Refusal(`Registered machine with UUID {${uuid}} ('${join(twin.folder, `${twin.name}.vbox`)}') already exists`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(settings, '<VirtualBox/>\n');
  world.vms[uuid] = {
    uuid,
    name,
    folder,
    arm: options.get('platformarchitecture') === 'arm',
    settings: { nic1: 'nat', cpus: '1', memory: '128' },
    controllers: {},
    attached: {},
    forwards: [],
    shares: {},
    extra: {},
    properties: {},
    state: 'poweroff',
    pid: 0,
  };
  return `Virtual machine '${name}' is created and registered.\nUUID: ${uuid}\nSettings file: '${settings}'\n`;
}

const single = [
  'firmware',
  'cpus',
  'memory',
  'acpi',
  'ioapic',
  'rtcuseutc',
  'natdnshostresolver1',
  'natdnsproxy1',
  'bioslogofadein',
  'bioslogofadeout',
  'bioslogodisplaytime',
  'biosbootmenu',
  'accelerate3d',
  'boot1',
  'boot2',
  'boot3',
  'boot4',
  'cpuhotplug',
  'pae',
  'hpet',
  'hwvirtex',
  'nestedpaging',
  'largepages',
  'vtxvpid',
  'nic1',
  'nictype1',
  'cableconnected1',
  'macaddress1',
  'nic2',
  'nictype2',
  'cableconnected2',
  'macaddress2',
  'nicpromisc2',
  'hostonlyadapter2',
  'ostype',
];
const modifyOptions: Readonly<Record<string, number>> = { ...Object.fromEntries(single.map((name) => [name, 1])), uart1: 2, uartmode1: 2 };

export function modifyVm(world: World, [name = '', ...args]: readonly string[], dashes: boolean): string {
  const vm = changeable(world, name);
  if (/^--nat-?pf1$/.test(args[0] ?? '')) {
    if (!dashes && args[0] !== '--natpf1') throw new Refusal(`Unknown option: ${args[0] ?? ''}`, 2);
    return forward(vm, args.slice(1));
  }
  const { options } = read(args, modifyOptions, dashes);
  const cpus = Number(options.get('cpus') ?? 1);
  if (cpus < 1 || cpus > 64) throw new Refusal(`Invalid virtual CPU count: ${cpus} (must be in range [1, 64])`);
  const memory = Number(options.get('memory') ?? 4);
  if (memory < 4 || memory > 2_097_152) throw new Refusal(`Invalid RAM size: ${memory} MB (must be in range [4, 2097152] MB)`);
  for (const [key, value] of options) vm.settings[key] = value;
  return '';
}

function forward(vm: Vm, [first = '', second = '']: readonly string[]): string {
  if (first === 'delete') {
    if (!vm.forwards.some((rule) => rule.startsWith(`${second},`))) {
      throw new Refusal('Code NS_ERROR_INVALID_ARG (0x80070057) - Invalid argument value (extended info not available)');
    }
    vm.forwards = vm.forwards.filter((rule) => !rule.startsWith(`${second},`));
    return '';
  }
  const [name = '', , ip, port] = first.split(',');
  if (vm.forwards.some((rule) => rule.startsWith(`${name},`))) throw new Refusal('A NAT rule of this name already exists');
  if (vm.forwards.some((rule) => rule.split(',')[2] === ip && rule.split(',')[3] === port)) {
    throw new Refusal('A NAT rule for this host port and this host IP already exists');
  }
  vm.forwards.push(first);
  return '';
}

export function storageController(world: World, [name = '', ...args]: readonly string[]): string {
  const vm = changeable(world, name);
  const { options } = read(args, { name: 1, add: 1, portcount: 1, hostiocache: 1 }, true);
  const controller = options.get('name') ?? '';
  if (vm.controllers[controller]) throw new Refusal(`Storage controller named '${controller}' already exists`);
  vm.controllers[controller] = { ports: Number(options.get('portcount') ?? 30) };
  return '';
}

export function attach(world: World, [name = '', ...args]: readonly string[]): string {
  const vm = changeable(world, name);
  const { options } = read(args, { storagectl: 1, port: 1, device: 1, type: 1, medium: 1 }, true);
  const controller = options.get('storagectl') ?? '';
  const ports = vm.controllers[controller]?.ports;
  if (ports === undefined) throw new Refusal(`Could not find a controller named '${controller}'`);
  const port = Number(options.get('port'));
  if (port >= ports)
    throw new Refusal(
      `The port and/or device parameter are out of range: port=${port} (must be in range [0, ${ports - 1}]), device=0 (must be in range [0, 0])`,
    );
  const path = options.get('medium') ?? '';
  register(world, path, options.get('type') === 'dvddrive' ? 'dvd' : 'disk');
  vm.attached[`${controller}-${port}-0`] = path;
  return '';
}

export function unregister(world: World, [name = '', ...args]: readonly string[]): Vm {
  const vm = vmOf(world, name).closed ? vmOf(world, name) : changeable(world, name);
  if (vm.state === 'saved') throw new Refusal(`Cannot unregister the machine '${vm.name}' because its state is saved`);
  const { options } = read(args, { delete: 0 }, true);
  delete world.vms[vm.uuid];
  for (const path of Object.values(vm.attached)) forget(world, path);
  if (options.has('delete')) rmSync(vm.folder, { recursive: true, force: true });
  return vm;
}

/** Media are on the list for the sake of VMs: what no VM has, and no other disk stands on, goes. */
function forget(world: World, path: string): void {
  const medium = world.media[path];
  if (!medium || Object.values(world.vms).some((vm) => Object.values(vm.attached).includes(path))) return;
  if (Object.values(world.media).some((one) => one.parent === medium.uuid)) return;
  delete world.media[path];
  for (const [parent, one] of Object.entries(world.media)) if (one.uuid === medium.parent) forget(world, parent);
}

export function machineReadable(vm: Vm): string {
  const { settings } = vm;
  const lines: (string | undefined)[] = [
    `name="${vm.name}"`,
    `UUID="${vm.uuid}"`,
    `CfgFile="${join(vm.folder, `${vm.name}.vbox`)}"`,
    `LogFldr="${join(vm.folder, 'Logs')}"`,
    `memory=${settings['memory'] ?? ''}`,
    `cpus=${settings['cpus'] ?? ''}`,
    `VMState="${vm.state}"`,
    ...Object.entries(vm.attached).map(([port, path]) => `"${port}"="${path}"`),
    ...[1, 2].flatMap((nic) => {
      const kind = settings[`nic${nic}`];
      if (kind === undefined) return [`nic${nic}="none"`];
      return [
        kind === 'hostonly' ? `hostonlyadapter${nic}="${settings[`hostonlyadapter${nic}`] ?? ''}"` : undefined,
        `macaddress${nic}="${settings[`macaddress${nic}`] ?? '080027000001'}"`,
        `nic${nic}="${kind}"`,
      ];
    }),
    ...vm.forwards.map((rule, index) => `Forwarding(${index})="${rule}"`),
  ];
  return `${lines.filter((line) => line !== undefined).join('\n')}\n`;
}
