/**
 * A running VM of a stand-in: a machine of systemd-nspawn that takes over what the seed says, and the VM's forwarded ports.
 *   guest.ts run UUID ORDER  until it is turned off; SIGTERM presses the power button, SIGINT pulls the plug
 *   guest.ts remove UUID
 */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import nspawn from '../../../drivers/nspawn/index.js';
import { firstAddress, formatNetwork, parseNetwork, prefixOfMask } from '../../../src/base/network/cidr.js';
import { connectTo } from '../../../src/machine/access/connection.js';
import { silentIo } from '../../../src/base/io.js';
import { attachDriver, type Machine } from '../../../src/machine/machine.js';
import { openSession, type Session } from '../../../src/session.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import { labCache } from '../../helpers/lab.js';
import { upFile, type GuestOrder } from './player.js';
import { readSeed, type UserData } from './seed.js';
import { changeWorld, home } from './state.js';

type Guest = Machine & { readonly session: Session };

const [verb = '', uuid = '', order = ''] = process.argv.slice(2);
const folder = join(home, 'guests', uuid);
const store = join(folder, 'store');
const signal = new AbortController().signal;
const { flags: specs } = await nspawn.describe();
const driver = await nspawn.open({ env: process.env, signal });

if (verb === 'remove') {
  const machine = await open();
  await driver.remove(machine.data, machine.ctx);
  rmSync(folder, { recursive: true, force: true });
} else {
  await run(JSON.parse(order) as GuestOrder);
}

async function run({ seed, login, network, mac, forwards }: GuestOrder): Promise<void> {
  let address = (_ip: string) => {};
  const booted = new Promise<string>((resolve) => {
    address = resolve;
  });
  for (const rule of forwards) await forward(rule, booted);
  let off: 'stop' | 'kill' | undefined;
  process.on('SIGTERM', () => {
    off ??= 'stop';
  });
  process.on('SIGINT', () => {
    off = 'kill';
  });
  writeFileSync(upFile(uuid, process.pid), '');
  const machine = await bootMachine(seed === undefined ? boot2docker(login) : readSeed(seed), network);
  const ip = (await machine.look()).addresses[0]?.ip ?? '';
  if (network && mac !== undefined)
    changeWorld((world) => {
      world.global[`lease/${mac.toLowerCase()}`] = ip;
    });
  address(ip);
  while (off === undefined && (await machine.look()).state === 'Running') await pause(200);
  await driver[off ?? 'kill'](machine.data, machine.ctx);
  process.exit();
}

async function bootMachine(seed: UserData | undefined, network: GuestOrder['network']): Promise<Machine> {
  const isNew = !existsSync(join(store, 'machines', 'guest', 'booted'));
  const machine = await open(network);
  if (!isNew) {
    await driver.start(machine.data, machine.ctx);
    return machine;
  }
  const { dir } = machine.session.store.machine('guest');
  if (seed?.ssh_keys) {
    writeFileSync(join(dir, 'ssh_host_ed25519_key'), seed.ssh_keys.ed25519_private, { mode: 0o600 });
    writeFileSync(join(dir, 'ssh_host_ed25519_key.pub'), `${seed.ssh_keys.ed25519_public}\n`);
  }
  await driver.create(machine.data, machine.ctx);
  if (seed) await apply(machine, seed);
  writeFileSync(join(dir, 'booted'), '');
  return machine;
}

/** What boot2docker takes from a disk that it formats. */
function boot2docker(login: string | undefined): UserData | undefined {
  return login === undefined ? undefined : { hostname: 'boot2docker', users: [{ name: 'docker', ssh_authorized_keys: [login] }] };
}

/** What cloud-init makes of the user-data, as far as a driver depends on it. */
async function apply(machine: Guest, seed: UserData): Promise<void> {
  const connection = await connectTo(machine.session, machine);
  try {
    for (const { name, ssh_authorized_keys: keys } of seed.users) {
      await connection.exec(
        `useradd --create-home --shell /bin/bash ${name === 'docker' ? '--gid docker' : ''} ${name}` +
          ` && install -d -m 700 -o ${name} /home/${name}/.ssh` +
          ` && cat >/home/${name}/.ssh/authorized_keys && chown -R ${name} /home/${name}/.ssh`,
        { input: `${keys.join('\n')}\n` },
      );
      await connection.exec(`echo '${name} ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/${name}`);
    }
    await connection.exec('cat >/etc/hostname && hostname -F /etc/hostname', { input: `${seed.hostname}\n` });
  } finally {
    await connection.close();
  }
}

async function open(network?: GuestOrder['network']): Promise<Guest> {
  mkdirSync(store, { recursive: true });
  if (!existsSync(join(store, 'cache'))) symlinkSync(labCache, join(store, 'cache'));
  const session = openSession({ storePath: store, io: silentIo, signal });
  const { config, dir } = session.store.machine('guest');
  if (!existsSync(config)) {
    await session.store.reserve('guest');
    const cidr = network && parseNetwork(`${network.ip}/${prefixOfMask(network.mask) ?? ''}`);
    const flags = {
      ...Object.fromEntries(specs.map((flag) => [flag.name, flag.default])),
      'nspawn-cidr': cidr ? formatNetwork({ ...cidr, address: firstAddress(cidr) }) : '',
    };
    const data = await driver.parse({ machineName: 'guest', storePath: store, machineDir: dir, flags });
    const fresh = await attachDriver(
      session,
      newHostConfig({ name: 'guest', root: store, driverName: 'nspawn', driver: data, engine: {}, serverCertSans: [] }),
    );
    await fresh.save();
  }
  return Object.assign(await attachDriver(session, (await session.store.load('guest')).config), { session });
}

/** Listens at once, as VirtualBox does; a connection made before the guest is up waits. */
async function forward(rule: string, booted: Promise<string>): Promise<void> {
  const [, , host = '', port = '', , guestPort = ''] = rule.split(',');
  const server = createServer((client: Socket) => {
    client.on('error', () => {
      client.destroy();
    });
    void booted.then((ip) => {
      const guest = connect({ host: ip, port: Number(guestPort) });
      guest.on('error', () => {
        client.destroy();
      });
      client.on('close', () => {
        guest.destroy();
      });
      client.pipe(guest).pipe(client);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(Number(port), host, resolve);
  });
}
