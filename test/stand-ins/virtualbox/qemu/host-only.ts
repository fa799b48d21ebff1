import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { prefixOfMask } from '../../../../src/base/network/cidr.js';
import { change, home, isAlive, type World } from '../state.js';

/** A host-only interface while a VM is on it: a bridge with its address, and the DHCP server behind it. */
interface Place {
  readonly folder: string;
  readonly users: string;
  readonly bridge: string;
}

/** How the interfaces of a stand-in's VMs begin. A name has 15 characters at most: the folder's last six tell its own from those of others. */
export const interfaceMark = (folder: string) => `tg${folder.slice(-6)}`;

const placeOf = (name: string): Place => {
  const folder = join(home, 'networks', name);
  return { folder, users: join(folder, 'users'), bridge: `${interfaceMark(home)}${name.replace('vboxnet', '')}` };
};

const tapOf = (bridge: string) => `${bridge}t${process.pid.toString(36)}`;

/** Plugs this process's VM in. @returns the tap that is its end of the cable */
export function plug(name: string): string {
  return change((world) => {
    const { folder, users, bridge } = placeOf(name);
    mkdirSync(users, { recursive: true });
    if (!existsSync(`/sys/class/net/${bridge}`)) open(world, name, { folder, users, bridge });
    writeFileSync(join(users, String(process.pid)), '');
    const tap = tapOf(bridge);
    ip('tuntap', 'add', tap, 'mode', 'tap');
    ip('link', 'set', tap, 'master', bridge, 'up');
    return tap;
  });
}

/** Pulls the cable; the last one turns off the light. */
export function unplug(name: string): void {
  change(() => {
    const { users, folder, bridge } = placeOf(name);
    const tap = tapOf(bridge);
    if (existsSync(`/sys/class/net/${tap}`)) ip('link', 'del', tap);
    rmSync(join(users, String(process.pid)), { force: true });
    if (existsSync(users) && readdirSync(users).some((pid) => isAlive(Number(pid)))) return;
    endServer(folder);
    if (existsSync(`/sys/class/net/${bridge}`)) ip('link', 'del', bridge);
  });
}

/** The address the DHCP server has given to an adapter. @param mac twelve digits */
export function leaseOf(name: string, mac: string): string | undefined {
  const file = join(placeOf(name).folder, 'leases');
  if (!existsSync(file)) return undefined;
  const wanted = mac.toLowerCase().match(/../g)?.join(':');
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, address]) => address === wanted)?.[2];
}

function open(world: World, name: string, { folder, bridge }: Place): void {
  const { ip: address, mask } = world.interfaces[name] ?? { ip: '', mask: '' };
  ip('link', 'add', bridge, 'type', 'bridge');
  ip('addr', 'add', `${address}/${prefixOfMask(mask) ?? ''}`, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
  const server = world.dhcp[`HostInterfaceNetworking-${name}`];
  if (!server?.enabled) return;
  // It offers itself as a router, as other servers do and VirtualBox's does not: a guest that went out that way would get nowhere.
  execFileSync(
    'dnsmasq',
    [
      '--conf-file=/dev/null',
      '--port=0',
      `--interface=${bridge}`,
      '--bind-interfaces',
      '--except-interface=lo',
      '--dhcp-authoritative',
      '--user=root',
      `--dhcp-range=${server.lower},${server.upper},${server.mask},1h`,
      `--dhcp-leasefile=${join(folder, 'leases')}`,
      `--pid-file=${join(folder, 'dnsmasq.pid')}`,
      `--log-facility=${join(folder, 'dnsmasq.log')}`,
      '--log-dhcp',
    ],
    { timeout: 10_000, stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

function endServer(folder: string): void {
  const file = join(folder, 'dnsmasq.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  if (isAlive(pid)) process.kill(pid, 'SIGTERM');
  rmSync(file, { force: true });
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { timeout: 10_000, stdio: ['ignore', 'ignore', 'inherit'] });
}
