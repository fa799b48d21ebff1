import { plain } from '../../../../src/base/text.js';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { nspawnOver } from '../../../../drivers/nspawn/driver.js';
import nspawn from '../../../../drivers/nspawn/index.js';
import { readRegistry } from '../../../../drivers/nspawn/network/leases.js';
import type { Driver, DriverContext, DriverData, FlagValues } from '../../../../src/driver/contract.js';
import { MemoryMachine } from '../../../helpers/driver-context.js';
import { factsV1, fakeComputer, type FakeComputer } from './fake-computer.js';

export interface Playground {
  readonly dir: string;
  readonly computer: FakeComputer;
  readonly driver: Driver;
  readonly warnings: string[];
  /** The driver data kept last, as it is after a crash. */
  saved: DriverData | undefined;
  ctx(name: string): DriverContext;
  parse(name: string, flags?: FlagValues): Promise<DriverData>;
  /** @returns the data as it was kept last */
  create(name: string, data?: DriverData): Promise<DriverData>;
  expectNothingLeft(): Promise<void>;
  /** What the computer has of machines, of whatever store. */
  readonly inventory: () => Promise<string[]>;
  readonly close: () => Promise<void>;
}

/** The driver on a computer that is a folder. */
export async function openPlayground(): Promise<Playground> {
  const dir = await mkdtemp(join(tmpdir(), 'nspawn-'));
  for (const hierarchy of ['unified', 'memory']) await mkdir(join(dir, hierarchy));
  const computer = fakeComputer(factsV1(dir), join(dir, 'state', 'leases.json'));
  const driver = nspawnOver(() => computer);
  const { flags: specs } = await nspawn.describe();
  const machines = new Map<string, MemoryMachine>();
  const machineOf = (name: string) => {
    const found = machines.get(name) ?? new MemoryMachine();
    machines.set(name, found);
    return found;
  };
  const playground: Playground = {
    dir,
    computer,
    driver,
    warnings: [],
    saved: undefined,
    ctx: (name) => {
      const machine = machineOf(name);
      machine.onWrite = () => {
        playground.saved = machine.data;
      };
      return machine.context({
        io: {
          info: () => undefined,
          warn: (text) => {
            playground.warnings.push(plain(text));
          },
          debug: () => undefined,
          progress: () => undefined,
        },
        machineName: name,
        machineDir: join(dir, 'machines', name),
        cacheDir: join(dir, 'cache'),
      });
    },
    async create(name, data) {
      const machine = machineOf(name);
      machine.data = data ?? (await playground.parse(name));
      await driver.create(machine.data, playground.ctx(name));
      return machine.data;
    },
    parse: (name, flags = {}) =>
      driver.parse({
        machineName: name,
        storePath: dir,
        machineDir: join(dir, 'machines', name),
        flags: { ...Object.fromEntries(specs.map((flag) => [flag.name, flag.default])), ...flags },
      }),
    async expectNothingLeft() {
      expect([...computer.links], 'links').to.deep.equal([]);
      expect(computer.rules, 'rules').to.deep.equal([]);
      expect(computer.mounts, 'mounts').to.deep.equal([]);
      expect([...computer.chains.keys()], 'chains').to.deep.equal([]);
      expect(computer.forward, 'forwarding').to.equal('0');
      expect(computer.policy, 'policy of FORWARD').to.equal('ACCEPT');
      for (const place of ['unified', 'memory']) expect(await readdir(join(dir, place)), place).to.deep.equal([]);
      expect(await readdir(dir), 'registry').not.to.include('state');
    },
    async inventory() {
      const { leases } = await readRegistry(computer.registryFile);
      const groups = await Promise.all(['unified', 'memory'].map((place) => readdir(join(dir, place))));
      return [
        ...computer.links,
        ...computer.rules,
        ...[...computer.chains.keys()].map((chain) => `chain ${chain}`),
        ...computer.mounts,
        ...groups.flat().map((group) => `group ${group}`),
        ...Object.entries(leases).map(([id, { ip }]) => `lease ${id} ${ip}`),
        ...(computer.forward === '0' ? [] : ['forwarding']),
      ];
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
  return playground;
}
