/**
 * A running VM of the stand-in: a machine of systemd-nspawn that takes over what the seed says, and the VM's forwarded ports.
 *   guest.ts run UUID      until it is switched off; SIGTERM presses the power button, SIGINT pulls the plug
 *   guest.ts remove UUID
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import nspawn from '../../../drivers/nspawn/index.js';
import { firstAddress, formatNetwork, parseNetwork, prefixOfMask } from '../../../src/base/cidr.js';
import { connectTo } from '../../../src/machine/access/connection.js';
import { silentIo } from '../../../src/base/io.js';
import { attachDriver, type Machine } from '../../../src/machine/machine.js';
import { openSession, type Session } from '../../../src/session.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import { labCache } from '../../helpers/lab.js';
import { readDisk } from './media.js';
import { change, home } from './state.js';

interface UserData {
  hostname: string;
  users: { name: string; ssh_authorized_keys: string[] }[];
  ssh_keys?: { ed25519_private: string; ed25519_public: string };
}

type Guest = Machine & { readonly session: Session };

const [verb = '', uuid = ''] = process.argv.slice(2);
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
  await run();
}

async function run(): Promise<void> {
  const { vm, hostOnly } = change((world) => {
    const found = world.vms[uuid];
    if (!found) throw new Error('no such VM');
    return { vm: found, hostOnly: world.interfaces[found.settings['hostonlyadapter2'] ?? ''] };
  });
  let address = (_ip: string) => {};
  const booted = new Promise<string>((resolve) => {
    address = resolve;
  });
  for (const rule of vm.forwards) await forward(rule, booted);
  let off: 'stop' | 'kill' | undefined;
  process.on('SIGTERM', () => {
    off ??= 'stop';
  });
  process.on('SIGINT', () => {
    off = 'kill';
  });
  writeFileSync(join(home, `${uuid}.${process.pid}.up`), '');
  const machine = await bootMachine(settingsOf(Object.values(vm.attached)), hostOnly);
  const ip = (await machine.look()).addresses[0]?.ip ?? '';
  const mac = vm.settings['macaddress2']?.toLowerCase();
  if (hostOnly && mac !== undefined)
    change((world) => {
      world.global[`lease/${mac}`] = ip;
    });
  address(ip);
  while (off === undefined && (await machine.look()).state === 'Running') await pause(200);
  await driver[off ?? 'kill'](machine.data, machine.ctx);
  process.exit();
}

async function bootMachine(seed: UserData | undefined, hostOnly: { ip: string; mask: string } | undefined): Promise<Machine> {
  const isNew = !existsSync(join(store, 'machines', 'guest', 'booted'));
  const machine = await open(hostOnly);
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

/** What the guest is told by its seed; or by the disk that boot2docker formats. */
function settingsOf(drives: readonly string[]): UserData | undefined {
  const seed = drives.find((path) => path.endsWith('seed.iso'));
  if (seed !== undefined) return readSeed(seed);
  const login = drives.some((path) => path.endsWith('boot2docker.iso'))
    ? drives.map((path) => readDisk(path)?.login).find((key) => key !== undefined)
    : undefined;
  return login === undefined ? undefined : { hostname: 'boot2docker', users: [{ name: 'docker', ssh_authorized_keys: [login] }] };
}

/** What cloud-init makes of the user-data, as far as a driver depends on it. */
async function apply(machine: Guest, seed: UserData): Promise<void> {
  const connection = await connectTo(machine.session, machine);
  try {
    for (const { name, ssh_authorized_keys: keys } of seed.users) {
      await connection.exec(
        `useradd --create-home --shell /bin/bash ${name === 'docker' ? '--gid docker' : ''} ${name} && install -d -m 700 -o ${name} /home/${name}/.ssh` +
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

async function open(hostOnly?: { ip: string; mask: string }): Promise<Guest> {
  mkdirSync(store, { recursive: true });
  if (!existsSync(join(store, 'cache'))) symlinkSync(labCache, join(store, 'cache'));
  const session = openSession({ storePath: store, io: silentIo, signal });
  const { config, dir } = session.store.machine('guest');
  if (!existsSync(config)) {
    await session.store.reserve('guest');
    const cidr = hostOnly && parseNetwork(`${hostOnly.ip}/${prefixOfMask(hostOnly.mask) ?? ''}`);
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

function readSeed(path: string): UserData {
  const dir = mkdtempSync(join(tmpdir(), 'tsmachine-seed-'));
  try {
    execFileSync('xorriso', ['-osirrox', 'on', '-indev', path, '-extract', '/', dir], { stdio: 'ignore' });
    return JSON.parse(readFileSync(join(dir, 'user-data'), 'utf8').replace(/^#cloud-config\n/, '')) as UserData;
  } finally {
    execFileSync('chmod', ['-R', 'u+w', dir]);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Listens at once, as VirtualBox does; who connects before the guest is up waits. */
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
