import { Refusal, type World } from './state.js';
import { read } from './words.js';

export function hostOnlyIf(world: World, [verb = '', ...args]: readonly string[]): string {
  const free = Array.from({ length: 8 }, (_, i) => `vboxnet${i}`).find((name) => !world.interfaces[name]) ?? '';
  switch (verb) {
    case 'create':
      world.interfaces[free] = { ip: `192.168.${56 + Number(free.slice('vboxnet'.length))}.1`, mask: '255.255.255.0', down: true };
      return `Interface '${free}' was successfully created\n`;
    case 'ipconfig': {
      const {
        options,
        rest: [name = ''],
      } = read(args, { ip: 1, netmask: 1 }, true);
      present(world, name);
      world.interfaces[name] = { ip: options.get('ip') ?? '', mask: options.get('netmask') ?? '' };
      return '';
    }
    case 'remove':
      present(world, args[0] ?? '');
      delete world.interfaces[args[0] ?? ''];
      return '';
    default:
      throw new Refusal(`Invalid parameter '${verb}'`, 2);
  }
}

function present(world: World, name: string): void {
  if (!world.interfaces[name]) throw new Refusal(`The host network interface named '${name}' could not be found`);
}

export function listHostOnlyIfs(world: World): string {
  return Object.entries(world.interfaces)
    .map(
      ([name, { ip, mask, down }], index) =>
        `Name:            ${name}\nGUID:            786f6276-656e-4${index}74-8000-0a0027000000\nDHCP:            Disabled\nIPAddress:       ${ip}\n` +
        `NetworkMask:     ${mask}\nIPV6Address:     \nIPV6NetworkMaskPrefixLength: 0\nHardwareAddress: 0a:00:27:00:00:0${index}\nMediumType:      Ethernet\n` +
        `Wireless:        No\nStatus:          ${ip && !down ? 'Up' : 'Down'}\nVBoxNetworkName: HostInterfaceNetworking-${name}\n\n`,
    )
    .join('');
}

export function dhcpServer(world: World, [verb = '', ...args]: readonly string[]): string {
  const { options } = read(
    args,
    { netname: 1, network: 1, ip: 1, netmask: 1, lowerip: 1, upperip: 1, enable: 0, disable: 0, macaddress: 1 },
    true,
  );
  const name = options.get('netname') ?? options.get('network') ?? '';
  const known = world.dhcp[name];
  switch (verb) {
    case 'add':
    case 'modify':
      if (verb === 'add' && known) throw new Refusal('DHCP server already exists', 2);
      if (verb === 'modify' && !known) throw new Refusal(`DHCP server does not exist`, 2);
      world.dhcp[name] = {
        ip: options.get('ip') ?? '',
        mask: options.get('netmask') ?? '',
        lower: options.get('lowerip') ?? '',
        upper: options.get('upperip') ?? '',
        enabled: options.has('enable'),
      };
      return '';
    case 'remove':
      if (!known) throw new Refusal(`Failed to find DHCP server for network '${name}'`);
      delete world.dhcp[name];
      return '';
    case 'findlease': {
      const ip = world.global[`lease/${(options.get('macaddress') ?? '').toLowerCase()}`];
      if (ip === undefined) throw new Refusal('Could not find a lease');
      return `IP Address:  ${ip}\nMAC Address: ${options.get('macaddress') ?? ''}\nState:       acked\n`;
    }
    default:
      throw new Refusal(`Unknown subcommand "${verb}"`, 2);
  }
}

export function listDhcpServers(world: World): string {
  return Object.entries(world.dhcp)
    .map(
      ([name, { ip, mask, lower, upper, enabled }]) =>
        `NetworkName:    ${name}\nDhcpd IP:       ${ip}\nLowerIPAddress: ${lower}\nUpperIPAddress: ${upper}\nNetworkMask:    ${mask}\n` +
        `Enabled:        ${enabled ? 'Yes' : 'No'}\nGlobal Configuration:\n    minLeaseTime:     default\n        1/legacy: ${mask}\nGroups:               None\n\n`,
    )
    .join('');
}
