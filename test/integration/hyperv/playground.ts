import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { hypervOver } from '../../../drivers/hyperv/driver.js';
import module from '../../../drivers/hyperv/index.js';
import { isoImage } from '../../../src/guest/iso/image.js';
import type { Driver, DriverContext } from '../../../src/driver/contract.js';
import type { DriverData } from '../../../src/base/machine.js';
import type { FlagValues } from '../../../src/base/flags.js';
import { run } from '../../../src/system/processes/exec.js';
import { StandIn } from '../../stand-ins/hyperv/index.js';
import { RecordingIo } from '../../helpers/recording-io.js';

/** The driver on the stand-in's Hyper-V, whose guests are imagined: a create takes about a second. */
export class Playground {
  readonly driver: Driver;
  readonly io = new RecordingIo();
  abort = new AbortController();
  /** As it lies on disk. */
  saved: DriverData | undefined;
  free = 2 ** 40;

  private constructor(
    readonly dir: string,
    readonly standIn: StandIn,
  ) {
    this.driver = hypervOver({
      platform: 'linux',
      architecture: 'x64',
      freeBytes: () => Promise.resolve(this.free),
      answers: (ip) => Promise.resolve(ip === '192.0.2.7'),
    });
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
    const unused = () => Promise.reject(new Error('not expected'));
    const { signal } = this.abort;
    return {
      io: this.io,
      signal,
      machineName: 'm1',
      machineDir: this.machineDir,
      cacheDir: join(this.dir, 'cache'),
      checkpoint: (data) => {
        this.saved = data;
        return Promise.resolve();
      },
      exec: (file, args, options) => run(join(this.standIn.home, 'bin', basename(file)), args, { ...options, signal }),
      spawnDetached: unused,
      ssh: unused,
      download: unused,
      fetchText: unused,
      lock: (_name, use) => use(),
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

  parse(flags: FlagValues = {}): DriverData {
    const defaults = Object.fromEntries(module.flags.map((flag) => [flag.name, flag.default]));
    return this.driver.parse({
      machineName: 'm1',
      storePath: this.dir,
      machineDir: this.machineDir,
      flags: { ...defaults, 'hyperv-image': this.file('image.raw'), ...flags },
    });
  }

  /** Creates, or goes on with what was checkpointed. */
  async create(flags?: FlagValues): Promise<DriverData> {
    return this.driver.create(this.saved ?? this.parse(flags), this.ctx());
  }

  /** Files of the machine's folder. */
  files(): string[] {
    return existsSync(this.machineDir) ? readdirSync(this.machineDir).sort() : [];
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
