import { TsmachineError } from '../../base/errors.js';
import { validateName } from '../../machine/choose/names.js';
import { standsInForDockerMachine } from './program.js';

/** The only argument of a command that takes at most one. @throws TsmachineError USAGE for several */
export function optionalArgument(args: readonly string[]): string | undefined {
  if (args.length > 1) throw new TsmachineError('USAGE', 'Error: Expected one machine name as an argument');
  return args[0];
}

/** Refuses arguments of a command that takes none. @throws TsmachineError USAGE */
export function noArguments(args: readonly string[]): void {
  if (args.length > 0) throw new TsmachineError('USAGE', 'Error: Too many arguments given');
}

/** The names for a command that has no default machine (rm). @throws TsmachineError ARGUMENT_COUNT for none */
export function atLeastOneName(args: readonly string[]): string[] {
  if (args.length === 0) throw new TsmachineError('ARGUMENT_COUNT', 'Error: Expected to get one or more machine names as arguments');
  return [...new Set(args)];
}

/**
 * The names of new machines, all checked before the first one is created. Called as `docker-machine`, only one is accepted.
 * @throws TsmachineError ARGUMENT_COUNT, USAGE, NAME_INVALID
 */
export function newNames(args: readonly string[]): readonly string[] {
  if (args.length === 0) throw new TsmachineError('ARGUMENT_COUNT', 'Error: No machine name specified');
  if (args.length > 1 && standsInForDockerMachine()) {
    throw new TsmachineError('USAGE', `Invalid command line. Found extra arguments [${args.slice(1).join(' ')}]`, {
      hint: 'To create several machines at once, call this program by its own name, tsmachine',
    });
  }
  args.forEach(validateName);
  const seen = new Map<string, string>();
  for (const name of args) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      const what = other === name ? `"${name}" is named twice` : `"${other}" and "${name}" differ only in upper and lower case`;
      throw new TsmachineError('NAME_INVALID', what, { hint: 'Give each machine its own name' });
    }
    seen.set(name.toLowerCase(), name);
  }
  return args;
}

/** The name of one new machine. @throws TsmachineError ARGUMENT_COUNT, USAGE, NAME_INVALID */
export function oneNewName(args: readonly string[]): string {
  const [name = ''] = newNames(args);
  optionalArgument(args);
  return name;
}

/** The only argument of a command for one driver. @throws TsmachineError ARGUMENT_COUNT for none or several */
export function oneDriver(args: readonly string[]): string {
  const [name, ...more] = args;
  if (name !== undefined && more.length === 0) return name;
  throw new TsmachineError('ARGUMENT_COUNT', name === undefined ? 'Error: No driver specified' : 'Error: Expected one driver');
}

/** The only argument of a command that reads a file. @throws TsmachineError USAGE for none or several */
export function oneFile(args: readonly string[]): string {
  const [file, ...others] = args;
  if (file !== undefined && others.length === 0) return file;
  throw new TsmachineError('USAGE', 'Error: Expected one file as an argument');
}

/** Parses `OLD=NEW` words. @returns the new names by the old ones @throws TsmachineError FLAG_INVALID */
export function parseRenames(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [, from, to] = /^([^=]+)=([^=]+)$/.exec(word) ?? [];
      if (from === undefined || to === undefined)
        throw new TsmachineError('FLAG_INVALID', `--name ${JSON.stringify(word)} must be OLD=NEW`);
      return [from, to];
    }),
  );
}

/**
 * The arguments of `scp`: what is copied, and where. Called as `docker-machine`, only one is copied.
 * @throws TsmachineError ARGUMENT_COUNT
 */
export function sourcesAndTarget(args: readonly string[]): readonly [readonly string[], string] {
  const target = args.at(-1);
  if (target === undefined || args.length < 2 || (args.length > 2 && standsInForDockerMachine()))
    throw new TsmachineError('ARGUMENT_COUNT', 'Improper number of arguments');
  return [args.slice(0, -1), target];
}

/** The arguments of `mount`: the remote folder and, optionally, the mount point. @throws TsmachineError ARGUMENT_COUNT */
export function remoteAndMountPoint(args: readonly string[]): readonly [string, string | undefined] {
  const [remote, mountPoint, ...more] = args;
  if (remote === undefined || more.length > 0) throw new TsmachineError('ARGUMENT_COUNT', 'Improper number of arguments');
  return [remote, mountPoint];
}

/** A machine and the words after it. @throws TsmachineError USAGE without a machine */
export function nameAndRest(args: readonly string[]): readonly [string, readonly string[]] {
  const [name, ...words] = args;
  if (name === undefined) throw new TsmachineError('USAGE', 'Error: Expected one machine name as an argument');
  return [name, words];
}

/** The arguments of `swarm token`: the role and, optionally, the swarm. @throws TsmachineError USAGE */
export function roleAndSwarm(args: readonly string[]): readonly ['worker' | 'manager', string | undefined] {
  const [role, swarm, ...more] = args;
  if ((role === 'worker' || role === 'manager') && more.length === 0) return [role, swarm];
  throw new TsmachineError('USAGE', 'Error: Expected "worker" or "manager", and at most the name of a swarm');
}
