import { TsmachineError } from '../../base/errors.js';
import type { DeclaredFrom } from '../../swarm/up/declared.js';
import type { UpOptions } from '../../swarm/up/up.js';
import type { DescribedDriver } from '../../driver/registry.js';
import type { FlagSpec, FlagValues } from '../../base/flags.js';
import { flagValues } from '../../base/flags.js';
import { loadDriverModule } from '../../driver/registry.js';
import { createFlags, driverNameOf } from './create-flags.js';
import { createRequest } from './create-request.js';
import type { GlobalValues } from '../line/globals.js';
import { oneOrNone } from '../line/names.js';

/** Of `create`, what shapes the machines of a swarm; `--swarm...` there means the classic one. */
const machineFlags = createFlags.filter(({ name }) => name !== 'driver' && !name.startsWith('swarm'));

/** The flags of `swarm up` and `swarm plan` that do not depend on the driver. */
export const upFlags: readonly FlagSpec[] = [
  { name: 'file', type: 'string', usage: 'What the swarm is to be; without it and the flags below, swarm.yaml of this folder' },
  { name: 'managers', type: 'int', usage: 'How many managers, when no file says it (1)' },
  { name: 'workers', type: 'int', usage: 'How many workers, when no file says it (0)' },
  { name: 'driver', type: 'string', env: 'MACHINE_DRIVER', usage: 'Driver to create the machines with, when no file says it' },
  ...machineFlags,
];

export const upChars = { driver: 'd', file: 'f' } as const;

/** The driver that the words name; undefined where a file says which. @throws TsmachineError DRIVER_UNKNOWN */
export async function upDriver(words: readonly string[], env: NodeJS.ProcessEnv): Promise<DescribedDriver | undefined> {
  const name = driverNameOf(words, env);
  return name === undefined ? undefined : loadDriverModule(name);
}

type Given = Readonly<Record<string, unknown>>;

interface Typed {
  readonly words: readonly string[];
  /** As parsed: undefined for what was not typed. */
  readonly given: Given;
  readonly driver: DescribedDriver | undefined;
  readonly globals: GlobalValues;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/**
 * What the command line says a swarm is to be: by a file or by flags, never both.
 * @throws TsmachineError USAGE, FLAG_INVALID, FLAG_MISSING, SWARM_FILE
 */
export async function declaredBy({
  words,
  given,
  driver,
  globals,
  env,
  cwd,
}: Typed): Promise<DeclaredFrom & Pick<UpOptions, 'concurrency' | 'tls'>> {
  const name = oneOrNone(words);
  const values = flagValues(upFlags, given, env);
  const { engine, install, tlsSans, tls } = createRequest(driver?.name ?? '', values, globals);
  const rest = { concurrency: Number(values['concurrency']), ...(tls ? { tls } : {}) };
  const { declaredByFile, declaredByFlags } = await import('../../swarm/up/declared.js');
  const typed = Object.keys(given).filter((flag) => given[flag] !== undefined && isMachineFlag(flag, driver));
  if (typed.length === 0) return { ...(await declaredByFile({ file: textOf(given, 'file'), name, cwd, env })), ...rest };

  if (given['file'] !== undefined) {
    throw new TsmachineError('USAGE', `--file says what the swarm is to be, and so does --${typed[0] ?? ''}`, {
      hint: 'Leave one of them out, or change the file',
    });
  }
  if (name === undefined)
    throw new TsmachineError('USAGE', 'Error: No name of a swarm specified', {
      hint: 'tsmachine swarm up --managers 3 --workers 2 -d DRIVER NAME',
    });
  if (!driver) throw new TsmachineError('FLAG_MISSING', 'Say which driver makes the machines: -d DRIVER');
  const flags = Object.fromEntries(
    driver.flags.flatMap(({ name: flag }) => (given[flag] === undefined ? [] : [[flag, given[flag]]])),
  ) as FlagValues;
  const count = (flag: string, otherwise: number) => Number(given[flag] ?? otherwise);
  const request = {
    name,
    managers: count('managers', 1),
    workers: count('workers', 0),
    driver: driver.name,
    flags,
    engine,
    install,
    tlsSans,
  };
  return { ...declaredByFlags(request, cwd), ...rest };
}

function isMachineFlag(flag: string, driver: DescribedDriver | undefined): boolean {
  return (
    ['managers', 'workers', 'driver'].includes(flag) ||
    (flag !== 'concurrency' && machineFlags.some(({ name }) => name === flag)) ||
    driver?.flags.some(({ name }) => name === flag) === true
  );
}

function textOf(given: Given, flag: string): string | undefined {
  const value = given[flag];
  return typeof value === 'string' ? value : undefined;
}
