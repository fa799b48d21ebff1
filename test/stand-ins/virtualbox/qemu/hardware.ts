import type { Vm } from '../state.js';

export interface Fittings {
  readonly accelerator: string;
  /** The content of a medium, with its format as QEMU calls it. */
  readonly drive: (path: string) => { readonly file: string; readonly format: string };
  /** A tap in the bridge that plays the host-only interface. */
  readonly tap: string | undefined;
  /** Where the running VM takes orders. */
  readonly qmp: string;
}

/** The words with which QEMU is a VM of VirtualBox: its chipset, its slots, its adapters, its name. Pure. */
export function hardware(vm: Vm, { accelerator, drive, tap, qmp }: Fittings): string[] {
  const { settings, uuid, name } = vm;
  if (settings['firmware'] !== 'bios') throw new Error(`${name}: firmware ${settings['firmware'] ?? '?'} is not played`);
  return [
    '-name',
    name,
    '-uuid',
    uuid,
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-vga',
    'std',
    '-machine',
    `pc,accel=${accelerator}`,
    '-cpu',
    accelerator === 'kvm' ? 'host' : 'max',
    // Else adapters would be called by their hotplug slots, which VirtualBox has none of: ens3 instead of enp0s3.
    '-global',
    'PIIX4_PM.acpi-root-pci-hotplug=off',
    '-global',
    'PIIX4_PM.acpi-pci-hotplug-with-bridge-support=off',
    '-smbios',
    'type=1,manufacturer=innotek GmbH,product=VirtualBox,version=1.2,family=Virtual Machine',
    '-m',
    settings['memory'] ?? '',
    '-smp',
    settings['cpus'] ?? '',
    '-rtc',
    `base=${settings['rtcuseutc'] === 'on' ? 'utc' : 'localtime'}`,
    '-device',
    'ich9-ahci,id=sata,addr=0xd',
    ...drives(vm, drive),
    ...network(vm, tap),
    ...serial(settings),
    '-qmp',
    `unix:${qmp},server=on,wait=off`,
  ];
}

/** The order of `boot1` is the order of its kind's ports. */
function drives({ attached, settings }: Vm, drive: Fittings['drive']): string[] {
  return Object.entries(attached)
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([place, path]) => {
      const port = Number(/^SATA-(\d+)-0$/.exec(place)?.[1]);
      const { file, format } = drive(path);
      const isDvd = format === 'iso';
      const boots = settings['boot1'] === (isDvd ? 'dvd' : 'disk');
      return [
        '-drive',
        `if=none,id=port${port},file=${escaped(file)},format=${isDvd ? 'raw' : format},${isDvd ? 'media=cdrom,readonly=on' : 'discard=unmap'}`,
        '-device',
        `${isDvd ? 'ide-cd' : 'ide-hd'},drive=port${port},bus=sata.${port}${boots ? `,bootindex=${port + 1}` : ''}`,
      ];
    });
}

const models: Readonly<Record<string, string>> = {
  '82540EM': 'e1000',
  '82545EM': 'e1000-82545em',
  Am79C970A: 'pcnet',
  Am79C973: 'pcnet',
  virtio: 'virtio-net-pci',
};

function network({ settings, forwards }: Vm, tap: string | undefined): string[] {
  return [
    '-netdev',
    ['user,id=nat,ipv6=off', ...forwards.map(hostForward)].join(','),
    '-device',
    adapter(settings, 1, 'nat', '0x3'),
    ...(tap === undefined
      ? []
      : ['-netdev', `tap,id=hostonly,ifname=${tap},script=no,downscript=no`, '-device', adapter(settings, 2, 'hostonly', '0x8')]),
  ];
}

function adapter(settings: Vm['settings'], nic: 1 | 2, netdev: string, slot: string): string {
  const type = settings[`nictype${nic}`] ?? '';
  const model = models[type];
  if (model === undefined) throw new Error(`an adapter ${type} is not played`);
  const mac = settings[`macaddress${nic}`]?.match(/../g)?.join(':') ?? '';
  return `${model},netdev=${netdev},mac=${mac},addr=${slot}`;
}

/** `ssh,tcp,127.0.0.1,35623,,22` */
function hostForward(rule: string): string {
  const [, protocol = '', ip = '', port = '', , guestPort = ''] = rule.split(',');
  return `hostfwd=${protocol}:${ip}:${port}-:${guestPort}`;
}

function serial({ uart1, uartmode1 }: Vm['settings']): string[] {
  const [mode, file] = uartmode1?.split(/,(.*)/s) ?? [];
  return uart1 === undefined || mode !== 'file' || file === undefined ? ['-serial', 'none'] : ['-serial', `file:${file}`];
}

function escaped(path: string): string {
  return path.replaceAll(',', ',,');
}
