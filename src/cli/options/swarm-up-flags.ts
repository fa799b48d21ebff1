import { TsmachineError } from '../../base/errors.js';
import { run } from '../../base/text.js';
import type { DeclaredFrom } from '../../swarm/up/declared.js';
import type { UpOptions } from '../../swarm/up/up.js';
import type { DescribedDriver } from '../../machine/access/driver-registry.js';
import type { FlagSpec, FlagValues } from '../../base/flags.js';
import { flagValues } from '../../base/flags.js';
import { driverNames, loadDriverModule } from '../../machine/access/driver-registry.js';
import { absoluteFiles } from '../../machine/request/create-request.js';
import { flagsWithoutClassicSwarm } from '../../machine/request/machine-flags.js';
import { concurrencyFlag, driverNameOf, readConcurrency } from './create-flags.js';
import { driverSearch } from './driver-search.js';
import type { GlobalValues } from '../line/globals.js';
import { optionalArgument } from '../line/arguments.js';

/** The flags of `swarm up` and `swarm plan` that do not depend on the driver. */
export const upFlags: readonly FlagSpec[] = [
  { name: 'file', type: 'string', usage: 'Swarm file; the default, without the flags below, is swarm.yaml in the current folder' },
  { name: 'managers', type: 'int', usage: 'Number of managers, without a swarm file (1)' },
  { name: 'workers', type: 'int', usage: 'Number of workers, without a swarm file (0)' },
  {
    name: 'driver',
    type: 'string',
    env: 'MACHINE_DRIVER',
    values: driverNames(),
    usage: 'Driver to create the machines with, without a swarm file',
  },
  {
    name: 'across-networks',
    type: 'bool',
    usage: 'Members may be in different networks: they use public addresses, and traffic of containers crosses the internet in clear',
  },
  ...flagsWithoutClassicSwarm,
  concurrencyFlag,
];

/** The letters of these flags. */
export const upChars = { driver: 'd', file: 'f' } as const;

/** The driver named on the command line; undefined when the swarm file names it. @throws TsmachineError DRIVER_UNKNOWN */
export async function upDriver(words: readonly string[], env: NodeJS.ProcessEnv): Promise<DescribedDriver | undefined> {
  const name = driverNameOf(words, env);
  return name === undefined ? undefined : loadDriverModule(name, driverSearch(words, env));
}

/** What is to be made, and how. */
type DeclaredSwarm = DeclaredFrom & Required<Pick<UpOptions, 'concurrency' | 'tls'>>;

type Given = Readonly<Record<string, unknown>>;

interface SwarmUpLine {
  readonly words: readonly string[];
  /** The parsed flags; undefined for those that were not given. */
  readonly given: Given;
  readonly driver: DescribedDriver | undefined;
  readonly globals: GlobalValues;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/**
 * Reads the declaration of a swarm from a file or from flags; both together are refused.
 * @throws TsmachineError USAGE, FLAG_INVALID, FLAG_MISSING, SWARM_FILE
 */
export async function declaredBy({ words, given, driver, globals, env, cwd }: SwarmUpLine): Promise<DeclaredSwarm> {
  const name = optionalArgument(words);
  const rest = { concurrency: readConcurrency(flagValues(upFlags, given, env)), tls: absoluteFiles(globals.tls) };
  const session = { env, storePath: globals.storagePath, driverPath: globals.driverPath };
  const { declareSwarm } = await import('../../swarm/up/declare-swarm.js');
  const typed = Object.keys(given).filter((flag) => given[flag] !== undefined && isMachineFlag(flag, driver));
  if (typed.length === 0) return { ...agreed(await declareSwarm(session, { file: textOf(given, 'file'), name }, { cwd }), given), ...rest };

  if (given['file'] !== undefined) {
    throw new TsmachineError('USAGE', `Both --file and --${typed[0] ?? ''} describe the swarm`, {
      hint: 'Leave one of them out, or change the file',
    });
  }
  if (name === undefined)
    throw new TsmachineError('USAGE', 'Error: No swarm name specified', {
      hint: run('swarm', 'up', '--managers', '3', '--workers', '2', '-d', 'DRIVER', 'NAME'),
    });
  if (!driver) throw new TsmachineError('FLAG_MISSING', 'Name the driver that creates the machines: -d DRIVER');
  const known = [...flagsWithoutClassicSwarm, ...driver.flags];
  const flags = Object.fromEntries(
    known.flatMap(({ name: flag }) => (given[flag] === undefined ? [] : [[flag, given[flag]]])),
  ) as FlagValues;
  const count = (flag: string, otherwise: number) => Number(given[flag] ?? otherwise);
  const from = { name, managers: count('managers', 1), workers: count('workers', 0), driver: driver.name, flags };
  return { ...agreed(await declareSwarm(session, from, { cwd }), given), ...rest };
}

/** With what the command line says, whatever describes the swarm. */
function agreed({ declaration, ...rest }: DeclaredFrom, given: Given): DeclaredFrom {
  if (given['across-networks'] !== true) return { ...rest, declaration };
  return { ...rest, declaration: { ...declaration, settings: { ...declaration.settings, acrossNetworks: true } } };
}

function isMachineFlag(flag: string, driver: DescribedDriver | undefined): boolean {
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
