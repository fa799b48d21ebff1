import { TsmachineError } from '../../base/errors.js';
import type { FlagSpec, FlagValues } from '../../base/flags.js';
import { driverNames } from '../../machine/access/driver-registry.js';
import { defaultDriver, machineFlags } from '../../machine/request/machine-flags.js';

export const concurrencyFlag: FlagSpec = { name: 'concurrency', type: 'int', default: 4, usage: 'How many machines are made at once' };

/** The flags of `create` that do not depend on the driver. */
export const createFlags: readonly FlagSpec[] = [
  {
    name: 'driver',
    type: 'string',
    default: defaultDriver,
    env: 'MACHINE_DRIVER',
    values: driverNames(),
    usage: 'Driver to create machine with.',
  },
  ...machineFlags,
  concurrencyFlag,
];

/** How many machines are made at once. @throws TsmachineError FLAG_INVALID outside 1 to 100 */
export function readConcurrency({ concurrency }: FlagValues): number {
  if (typeof concurrency === 'number' && concurrency >= 1 && concurrency <= 100) return concurrency;
  throw new TsmachineError('FLAG_INVALID', `--concurrency must be a whole number from 1 to 100, not ${String(concurrency)}`);
}

/**
 * The driver's name, found before the driver's flags are known: the first `-d X`, `--driver X`, `-d=X` or `--driver=X`,
 * else MACHINE_DRIVER. Undefined when nothing says it.
 */
export function driverNameOf(argv: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const found = argv.findIndex((word) => /^(-d|--?driver)(=|$)/.test(word));
  const word = argv[found] ?? '';
  const name = word.includes('=') ? word.split('=')[1] : argv[found + 1];
  return (found < 0 ? undefined : name) || env['MACHINE_DRIVER'] || undefined;
}
