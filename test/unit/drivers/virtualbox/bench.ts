import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Computer } from '../../../../drivers/virtualbox/api.js';
import { sparseFile } from '../../../../drivers/virtualbox/computer.js';
import { virtualboxOver } from '../../../../drivers/virtualbox/driver.js';
import virtualbox from '../../../../drivers/virtualbox/index.js';
import type {
  AccountContext,
  Driver,
  DriverContext,
  DriverData,
  ExecResult,
  FlagValues,
  RegisteredMachine,
} from '../../../../src/driver/contract.js';
import { computerFiles } from '../../../../src/machine/access/files.js';
import { MemoryMachine } from '../../../helpers/driver-context.js';
import { RecordingIo } from '../../../helpers/recording-io.js';
import { scratch } from '../../../helpers/scratch.js';
import { simple } from '../../../stand-ins/virtualbox/answer.js';
import { Refusal, emptyWorld, heard, type World } from '../../../stand-ins/virtualbox/state.js';
import { openVm, unregister } from '../../../stand-ins/virtualbox/vms.js';

/** A VirtualBox and a computer in memory, and one machine's driver on them. */
export class Bench {
  readonly dir = scratch();
  readonly world: World = emptyWorld();
  readonly calls: string[] = [];
  readonly io = new RecordingIo();
  readonly driver: Driver;
  readonly image: string;
  computer: Computer;
  readonly machine = new MemoryMachine();
  /** Bytes free on the disk. */
  free = 2 ** 40;
  /** Whether something listens on the guest's ports. */
  listens = true;
  /** What the computer's registry remembers. */
  registered: RegisteredMachine[] = [];
  /** What a call says instead of being obeyed; undefined: it is. */
  fault: (call: string, index: number) => Partial<ExecResult> | Error | undefined = () => undefined;
  /** What is thrown when a call was obeyed: nobody heard the answer. */
  unheard: (call: string, index: number) => Error | undefined = () => undefined;

  constructor(computer: Partial<Computer> = {}) {
    this.computer = {
      platform: 'linux',
      architecture: 'x64',
      cpus: 4,
      memory: 8192,
      home: this.dir,
      program: () => Promise.resolve('VBoxManage'),
      virtualization: () => Promise.resolve(true),
      interfaces: () => [{ name: 'eth0', cidr: '192.168.1.7/24' }],
      networksConf: () => Promise.resolve(undefined),
      hasAddress: () => Promise.resolve(undefined),
      freePort: (wanted = 0) => Promise.resolve(wanted || 40_000 + this.calls.length),
      neighbours: () => Promise.resolve(''),
      sparseFile,
      ...computer,
    };
    this.driver = virtualboxOver(() => this.computer);
    mkdirSync(this.ctx.machineDir, { recursive: true });
    this.image = join(this.dir, 'image.raw');
    writeFileSync(this.image, 'x');
    truncateSync(this.image, 2 ** 20);
  }

  get data(): DriverData {
    return this.machine.data;
  }

  set data(data: DriverData) {
    this.machine.data = data;
  }

  get ctx(): DriverContext {
    const refuse = () => Promise.reject(new Error('nothing is run there'));
    return this.machine.context({
      ...this.#world,
      machineName: 'm1',
      machineDir: join(this.dir, 'machines', 'm1'),
      listens: () => Promise.resolve(this.listens),
      ssh: (_endpoint, use) => use({ exec: () => Promise.resolve({ exitCode: 0, stdout: '', stderr: '' }), rootScript: refuse }),
    });
  }

  get account(): AccountContext {
    const refuse = () => Promise.reject(new Error('nothing is fetched here'));
    return {
      ...this.#world,
      secrets: {},
      ask: () => Promise.resolve(undefined),
      signal: new AbortController().signal,
      storeId: () => Promise.resolve(this.machine.owner.store),
      machineDir: (name) => join(this.dir, 'machines', name),
      registered: () => Promise.resolve(this.registered),
      download: refuse,
      fetchText: refuse,
      lock: (_name, use) => use(),
      limit: (_account, use) => use(),
    };
  }

  get #world() {
    return {
      io: this.io,
      cacheDir: join(this.dir, 'cache'),
      files: { ...computerFiles, freeBytes: () => Promise.resolve(this.free) },
      exec: (_file: string, args: readonly string[]) => this.#exec(args),
    };
  }

  async parse(flags: FlagValues = {}): Promise<void> {
    const { flags: specs } = await virtualbox.describe();
    this.data = await this.driver.parse({
      machineName: 'm1',
      storePath: this.dir,
      machineDir: this.ctx.machineDir,
      flags: { ...Object.fromEntries(specs.map((flag) => [flag.name, flag.default])), 'virtualbox-image': this.image, ...flags },
    });
  }

  async create(): Promise<void> {
    await this.driver.create(this.data, this.ctx);
  }

  /** A new machine on the same computer, with nothing in its ledger. */
  forget(): void {
    this.machine.entries = [];
  }

  async #exec(args: readonly string[]): Promise<ExecResult> {
    await Promise.resolve();
    const call = args.join(' ');
    this.calls.push(call);
    const index = this.calls.length - 1;
    const fault = this.fault(call, index);
    if (fault instanceof Error) throw fault;
    if (fault) return { exitCode: 1, stdout: '', stderr: '', ...fault };
    const unheard = this.unheard(call, index);
    try {
      const stdout = this.#answer(args);
      if (unheard) throw unheard;
      return { exitCode: 0, stdout, stderr: heard() };
    } catch (error) {
      if (unheard || !(error instanceof Refusal)) throw unheard ?? error;
      return {
        exitCode: error.status,
        stdout: '',
        stderr: `${heard()}VBoxManage: error: ${error.message}\nVBoxManage: error: ${error.details}\n`,
      };
    }
  }

  #answer([command = '', ...words]: readonly string[]): string {
    const { world } = this;
    const [name = '', verb = ''] = words;
    switch (command) {
      case 'startvm': {
        const vm = openVm(world, name);
        const mac = vm.settings['macaddress2'];
        if (mac !== undefined) world.global[`lease/${mac.toLowerCase()}`] = '192.168.56.101';
        Object.assign(vm, { state: 'running', pid: process.pid });
        return '';
      }
      case 'controlvm':
        if (openVm(world, name).state === 'poweroff') throw new Refusal(`Machine '${name}' is not currently running.`);
        openVm(world, name).state = verb === 'resume' ? 'running' : 'poweroff';
        return '';
      case 'unregistervm':
        unregister(world, words);
        return '';
      default:
        return simple(world, command, words);
    }
  }

  /** What VirtualBox still knows of machines: nothing, when all is well. */
  left(): unknown[] {
    const { vms, media, interfaces, dhcp, global } = this.world;
    return [
      ...Object.keys(vms),
      ...Object.keys(media),
      ...Object.keys(interfaces),
      ...Object.keys(dhcp),
      ...Object.keys(global).filter((key) => !key.startsWith('lease/')),
    ];
  }
}
