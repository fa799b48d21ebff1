import { symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Context } from 'mocha';

import type { FlagValues } from '../../../src/base/flags.js';
import { GoPluginDriver } from '../../../src/plugins/go/driver.js';
import { callLimits, type CallLimits } from '../../../src/plugins/go/held-machine.js';
import { attachDriver, Machine } from '../../../src/machine/machine.js';
import { planMachine } from '../../../src/machine/create.js';
import { createRequest } from '../../../src/machine/request/create-request.js';
import { openSession, type Session } from '../../../src/session.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { scratch } from '../../helpers/scratch.js';
import { buildGoProgram } from '../../stand-ins/go-rpc/build.js';
import { buildLabPlugin } from '../../stand-ins/go-machine/build.js';
import { builtOrSkipped } from '../go-rpc/program.js';
import { LabCloud } from './lab-cloud.js';

/** `shapes` is test/stand-ins/go-rpc, the others test/stand-ins/go-machine. */
const names = ['lab', 'hangs', 'dies', 'panics', 'segfaults', 'full', 'sleeps', 'strange', 'generic', 'shapes'];

/** A computer with Docker Machine plugins on its PATH, a store, and the cloud that they ask. */
export class LabWorld {
  readonly io = new RecordingIo();
  readonly abort = new AbortController();
  readonly store = scratch();
  readonly #sessions: Session[] = [];
  readonly #drivers: GoPluginDriver[] = [];

  private constructor(
    readonly cloud: LabCloud,
    readonly bin: string,
  ) {}

  /** @param context the `this` of a `before` hook, for the first of a file: where there is no Go, its tests are skipped */
  static async open(context?: Context): Promise<LabWorld> {
    const built = (build: () => Promise<string>) => (context ? builtOrSkipped(context, build) : build());
    const [lab, other] = [await built(buildLabPlugin), await built(buildGoProgram)];
    const bin = scratch();
    for (const name of names) symlinkSync(name === 'shapes' ? other : lab, join(bin, `docker-machine-driver-${name}`));
    return new LabWorld(await LabCloud.open(), bin);
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${this.bin}${delimiter}${process.env['PATH'] ?? ''}`, TSMACHINE_STATE_DIR: join(this.store, 'state') };
  }

  session(): Session {
    const session = openSession({ storePath: this.store, io: this.io, signal: this.abort.signal, env: this.env });
    this.#sessions.push(session);
    return session;
  }

  /** A machine in the store that `create` has not been called for. */
  async machine(name: string, driver = 'lab', flags: FlagValues = {}, session = this.session()): Promise<Machine> {
    const given = { 'lab-url': this.cloud.url, 'lab-token': 'very-secret-token', ...flags };
    const config = await planMachine(session, await createRequest(session, { name, driver, flags: given }));
    await session.store.reserve(name);
    const machine = await attachDriver(session, config);
    await machine.save();
    return machine;
  }

  /** The same machine as one of another driver. */
  as(machine: Machine, name: string, driver: GoPluginDriver): Machine {
    this.#drivers.push(driver);
    return new Machine(this.session(), { ...machine.config, DriverName: name }, { ...machine.module, name, driver });
  }

  /** The same machine with another patience. */
  impatient(machine: Machine, limits: Partial<CallLimits>): Machine {
    const { name } = machine.module;
    const program = { driver: name, path: join(this.bin, `docker-machine-driver-${name}`), args: [] };
    const driver = new GoPluginDriver(program, { env: this.env, signal: this.abort.signal }, { ...callLimits, ...limits });
    return this.as(machine, name, driver);
  }

  /** Waits until something was told to the user. */
  async said(words: RegExp): Promise<void> {
    const all = () => [...this.io.infos, ...this.io.warnings].join('\n');
    while (!words.test(all())) await new Promise((resolve) => setImmediate(resolve));
  }

  async closeDrivers(): Promise<void> {
    await Promise.all(this.#drivers.map((driver) => driver.close()));
    await Promise.all(this.#sessions.map(({ drivers }) => drivers.close()));
  }

  async close(): Promise<void> {
    await this.closeDrivers();
    this.cloud.close();
  }
}
