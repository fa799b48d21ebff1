import { TsmachineError } from '../../base/errors.js';
import type { DeclaredFrom } from '../../swarm/up/declared.js';
import type { UpOptions } from '../../swarm/up/up.js';
import type { DriverModule } from '../../driver/contract.js';
import type { FlagSpec, FlagValues } from '../../base/flags.js';
import { flagValues } from '../../base/flags.js';
import { loadDriverModule } from '../../driver/registry.js';
import { run } from '../../base/text.js';
import { absoluteFiles } from '../../machine/request/create-request.js';
import { flagsWithoutClassicSwarm } from '../../machine/request/machine-flags.js';
import { concurrencyFlag, driverNameOf, readConcurrency } from './create-flags.js';
import type { GlobalValues } from '../line/globals.js';
import { oneOrNone } from '../line/names.js';

/** The flags of `swarm up` and `swarm plan` that do not depend on the driver. */
export const upFlags: readonly FlagSpec[] = [
  { name: 'file', type: 'string', usage: 'What the swarm is to be; without it and the flags below, swarm.yaml of this folder' },
  { name: 'managers', type: 'int', usage: 'How many managers, when no file says it (1)' },
  { name: 'workers', type: 'int', usage: 'How many workers, when no file says it (0)' },
  { name: 'driver', type: 'string', env: 'MACHINE_DRIVER', usage: 'Driver to create the machines with, when no file says it' },
  ...flagsWithoutClassicSwarm,
  concurrencyFlag,
];

export const upChars = { driver: 'd', file: 'f' } as const;

/** The driver that the words name; undefined where a file says which. @throws TsmachineError DRIVER_UNKNOWN */
export async function upDriver(words: readonly string[], env: NodeJS.ProcessEnv): Promise<DriverModule | undefined> {
  const name = driverNameOf(words, env);
  return name === undefined ? undefined : loadDriverModule(name);
}

/** What is to be made, and how. */
type DeclaredSwarm = DeclaredFrom & Required<Pick<UpOptions, 'concurrency' | 'tls'>>;

type Given = Readonly<Record<string, unknown>>;

interface Typed {
  readonly words: readonly string[];
  /** As parsed: undefined for what was not typed. */
  readonly given: Given;
  readonly driver: DriverModule | undefined;
  readonly globals: GlobalValues;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/**
 * What the command line says a swarm is to be: by a file or by flags, never both.
 * @throws TsmachineError USAGE, FLAG_INVALID, FLAG_MISSING, SWARM_FILE
 */
export async function declaredBy({ words, given, driver, globals, env, cwd }: Typed): Promise<DeclaredSwarm> {
  const name = oneOrNone(words);
  const rest = { concurrency: readConcurrency(flagValues(upFlags, given, env)), tls: absoluteFiles(globals.tls) };
  const { declareSwarm } = await import('../../swarm/up/declare-swarm.js');
  const typed = Object.keys(given).filter((flag) => given[flag] !== undefined && isMachineFlag(flag, driver));
  if (typed.length === 0) return { ...(await declareSwarm({ env }, { file: textOf(given, 'file'), name }, { cwd })), ...rest };

  if (given['file'] !== undefined) {
    throw new TsmachineError('USAGE', `--file says what the swarm is to be, and so does --${typed[0] ?? ''}`, {
      hint: 'Leave one of them out, or change the file',
    });
  }
  if (name === undefined)
    throw new TsmachineError('USAGE', 'Error: No name of a swarm specified', {
      hint: run('swarm', 'up', '--managers', '3', '--workers', '2', '-d', 'DRIVER', 'NAME'),
    });
  if (!driver) throw new TsmachineError('FLAG_MISSING', 'Say which driver makes the machines: -d DRIVER');
  const known = [...flagsWithoutClassicSwarm, ...driver.flags];
  const flags = Object.fromEntries(
    known.flatMap(({ name: flag }) => (given[flag] === undefined ? [] : [[flag, given[flag]]])),
  ) as FlagValues;
  const count = (flag: string, otherwise: number) => Number(given[flag] ?? otherwise);
  const from = { name, managers: count('managers', 1), workers: count('workers', 0), driver: driver.name, flags };
  return { ...(await declareSwarm({ env }, from, { cwd })), ...rest };
}

function isMachineFlag(flag: string, driver: DriverModule | undefined): boolean {
  return (
    ['managers', 'workers', 'driver'].includes(flag) ||
    flagsWithoutClassicSwarm.some(({ name }) => name === flag) ||
    driver?.flags.some(({ name }) => name === flag) === true
  );
}

function textOf(given: Given, flag: string): string | undefined {
  const value = given[flag];
  return typeof value === 'string' ? value : undefined;
}
