import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { hypervOver } from '../../../drivers/hyperv/driver.js';
import module from '../../../drivers/hyperv/index.js';
import { isoImage } from '../../../src/guest/iso/image.js';
import type { AccountContext, Driver, DriverContext, RegisteredMachine } from '../../../src/driver/contract.js';
import type { DriverData } from '../../../src/base/machine.js';
import type { FlagValues } from '../../../src/base/flags.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { run } from '../../../src/system/processes/exec.js';
import { MemoryMachine } from '../../helpers/driver-context.js';
import { StandIn } from '../../stand-ins/hyperv/index.js';
import { RecordingIo } from '../../helpers/recording-io.js';

/** The driver on the stand-in's Hyper-V, whose guests are imagined: a create takes about a second. */
export class Playground {
  readonly driver: Driver;
  readonly io = new RecordingIo();
  abort = new AbortController();
  /** Its data and ledger, as they lie on disk. */
  machine = new MemoryMachine();
  free = 2 ** 40;

  private constructor(
    readonly dir: string,
    readonly standIn: StandIn,
  ) {
    this.driver = hypervOver({ platform: 'linux', architecture: 'x64' });
    const world = standIn.world();
    standIn.write({ ...world, global: { ...world.global, imagined: '192.0.2.7' } });
  }

  static async open(): Promise<Playground> {
    const dir = mkdtempSync(join(tmpdir(), 'hyperv-'));
    return new Playground(dir, await StandIn.open(dir));
  }

  get machineDir(): string {
    return join(this.dir, 'machines', 'm1');
  }

  ctx(): DriverContext {
    mkdirSync(this.machineDir, { recursive: true });
    return this.machine.context({
      ...this.world(),
      machineName: 'm1',
      machineDir: this.machineDir,
      listens: (ip) => Promise.resolve(ip === '192.0.2.7'),
    });
  }

  /** The store and the machines of this computer that the registry knows. */
  account(registered: readonly RegisteredMachine[] = []): AccountContext {
    const refuse = () => Promise.reject(new Error('the test brings no downloads'));
    return {
      ...this.world(),
      secrets: {},
      ask: () => Promise.resolve(undefined),
      storeId: () => Promise.resolve(this.machine.owner.store),
      machineDir: (name) => join(this.dir, 'machines', name),
      registered: () => Promise.resolve(registered),
      download: refuse,
      fetchText: refuse,
      lock: (_name, use) => use(),
      limit: (_account, use) => use(),
    };
  }

  /** This machine, as the registry remembers it. */
  remembered(): RegisteredMachine {
    const resources = this.machine.entries.flatMap(({ kind, id }) => (id === undefined ? [] : [{ kind, id }]));
    return { owner: this.machine.owner, name: 'm1', path: this.machineDir, resources };
  }

  private world() {
    const { signal } = this.abort;
    const exec: DriverContext['exec'] = (file, args, options) =>
      run(join(this.standIn.home, 'bin', basename(file)), args, { ...options, signal });
    return {
      io: this.io,
      signal,
      cacheDir: join(this.dir, 'cache'),
      files: { ...computerFiles, freeBytes: () => Promise.resolve(this.free) },
      exec,
    };
  }

  /** A file that passes for an image. */
  file(name: string, megabytes = 1): string {
    const path = join(this.dir, name);
    if (existsSync(path)) return path;
    writeFileSync(path, 'x');
    truncateSync(path, megabytes * 2 ** 20);
    return path;
  }

  /** A boot2docker ISO of this version, by one name for all. */
  iso(version: string): string {
    const path = join(this.dir, 'b2d.iso');
    writeFileSync(path, isoImage(`Boot2Docker-${version}`, [], new Date(0)));
    return path;
  }

  async parse(flags: FlagValues = {}): Promise<DriverData> {
    const { flags: specs } = await module.describe();
    const defaults = Object.fromEntries(specs.map((flag) => [flag.name, flag.default]));
    return this.driver.parse({
      machineName: 'm1',
      storePath: this.dir,
      machineDir: this.machineDir,
      flags: { ...defaults, 'hyperv-image': this.file('image.raw'), ...flags },
    });
  }

  /** Creates, or goes on with what was kept. */
  async create(flags?: FlagValues): Promise<DriverData> {
    if (Object.keys(this.machine.data).length === 0) this.machine.data = await this.parse(flags);
    await this.driver.create(this.machine.data, this.ctx());
    return this.machine.data;
  }

  /** Files of the machine's folder. */
  files(): string[] {
    return existsSync(this.machineDir) ? readdirSync(this.machineDir).sort() : [];
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
