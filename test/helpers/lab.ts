import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import './state-dir.js';
import { connectTo } from '../../src/machine/access/connection.js';
import { silentIo } from '../../src/base/io.js';
import { attachDriver, type Machine } from '../../src/machine/machine.js';
import { openSession, type Session } from '../../src/session.js';
import type { ExecResult } from '../../src/base/shell.js';
import type { FlagValues } from '../../src/base/flags.js';
import type { SshConnection } from '../../src/ssh/dial/connect.js';
import { newHostConfig } from '../../src/store/config/schema.js';

/** Root file systems survive from run to run here: building one takes more than a minute. */
export const labCache = process.env['TSMACHINE_TEST_CACHE'] ?? join(homedir(), '.cache', 'tsmachine-test');

export interface HostOptions {
  readonly suite?: string;
  /** `image`: Docker is installed (and not configured); `machine`: a bare host. */
  readonly engine?: 'image' | 'machine';
  readonly flags?: FlagValues;
}

/** A real host that no tsmachine has provisioned: own systemd, sshd and address, for tests that reach it over SSH. */
export interface LabHost {
  readonly name: string;
  readonly ip: string;
  readonly keyPath: string;
  readonly machine: Machine;
  /** Runs a command as root over a connection of the lab's own. */
  run(command: string, options?: { ok?: readonly number[]; timeout?: number; input?: string }): Promise<ExecResult>;
  /** Forgets the lab's connection, for a host that goes down. */
  disconnect(): Promise<void>;
  remove(): Promise<void>;
}

export class Lab {
  readonly dir: string;
  readonly session: Session;
  readonly #hosts: LabHost[] = [];

  constructor(dir: string) {
    this.dir = dir;
    this.session = openSession({ storePath: join(dir, 'lab'), io: silentIo, signal: new AbortController().signal });
  }

  /** An empty store that shares the lab's cached images. */
  async store(name: string): Promise<string> {
    const root = join(this.dir, name);
    await mkdir(root, { recursive: true, mode: 0o700 });
    await mkdir(labCache, { recursive: true });
    await symlink(labCache, join(root, 'cache'));
    return root;
  }

  async host(name: string, { suite, engine = 'image', flags = {} }: HostOptions = {}): Promise<LabHost> {
    const { session } = this;
    const { store } = session;
    const { driver, flags: specs } = await session.drivers.open('nspawn');
    const defaults = Object.fromEntries(specs.map((flag) => [flag.name, flag.default]));
    const given = { ...defaults, 'nspawn-engine': engine, ...(suite === undefined ? {} : { 'nspawn-suite': suite }), ...flags };
    await store.reserve(name);
    const data = await driver.parse({ machineName: name, storePath: store.root, machineDir: store.machine(name).dir, flags: given });
    const machine = await attachDriver(
      session,
      newHostConfig({ name, root: store.root, driverName: 'nspawn', driver: data, engine: {}, serverCertSans: [] }),
    );
    await machine.save();
    await driver.precheck(machine.data, machine.ctx);
    await driver.create(machine.data, machine.ctx);
    const host = await labHost(session, machine, () => {
      this.#hosts.splice(this.#hosts.indexOf(host), 1);
    });
    this.#hosts.push(host);
    await host.run('true');
    return host;
  }

  /** Removes every host and the folder. */
  async close(): Promise<void> {
    for (const host of [...this.#hosts]) await host.remove();
    await rm(this.dir, { recursive: true, force: true });
  }
}

async function labHost(session: Session, machine: Machine, forget: () => void): Promise<LabHost> {
  const endpoint = await machine.where();
  let connection: SshConnection | undefined;
  const disconnect = async () => {
    await connection?.close();
    connection = undefined;
  };
  const run: LabHost['run'] = async (command, options = {}) => {
    if (connection === undefined || connection.closed) connection = await connectTo(session, machine);
    return connection.exec(command, { timeout: 180_000, ...options });
  };
  return {
    name: machine.name,
    ip: endpoint.addresses[0]?.ip ?? '',
    keyPath: endpoint.ssh?.keyPath ?? '',
    machine,
    run,
    disconnect,
    async remove() {
      await disconnect();
      await machine.driver.remove(machine.data, machine.ctx);
      await session.store.remove(machine.name);
      forget();
    },
  };
}

/** Opens a lab in a folder of its own. Hosts need a disk that overlays can stand on, which a tmpfs at /tmp may not be. */
export async function openLab(): Promise<Lab> {
  const lab = new Lab(await mkdtemp(join('/var/tmp', 'tsmachine-lab-')));
  await lab.store('lab');
  return lab;
}
