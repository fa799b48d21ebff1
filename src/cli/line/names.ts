import { TsmachineError } from '../../base/errors.js';
import { validateName } from '../../machine/choose/names.js';
import { standsInForDockerMachine } from './program.js';

/** The one machine a command takes, if it was given. @throws TsmachineError USAGE when several were (spec 1.6) */
export function oneOrNone(args: readonly string[]): string | undefined {
  if (args.length > 1) throw new TsmachineError('USAGE', 'Error: Expected one machine name as an argument');
  return args[0];
}

/** @throws TsmachineError USAGE when a command that takes no arguments got some */
export function none(args: readonly string[]): void {
  if (args.length > 0) throw new TsmachineError('USAGE', 'Error: Too many arguments given');
}

/** The machines of a command that has no default one (rm). @throws TsmachineError USAGE when there are none */
export function someNames(args: readonly string[]): string[] {
  if (args.length === 0) throw new TsmachineError('USAGE', 'Error: Expected to get one or more machine names as arguments');
  return [...new Set(args)];
}

/**
 * The names of `create`, all checked before the first machine is begun; as `docker-machine` it takes one alone (spec 2.3).
 * @throws TsmachineError USAGE, NAME_INVALID
 */
export function newNames(args: readonly string[]): readonly string[] {
  if (args.length === 0) throw new TsmachineError('USAGE', 'Error: No machine name specified');
  if (args.length > 1 && standsInForDockerMachine()) {
    throw new TsmachineError('USAGE', `Invalid command line. Found extra arguments [${args.slice(1).join(' ')}]`, {
      hint: "Several machines at once are made under the tool's own name, tsmachine",
    });
  }
  args.forEach(validateName);
  const seen = new Map<string, string>();
  for (const name of args) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      const what = other === name ? `"${name}" is named twice` : `"${other}" and "${name}" differ only in upper and lower case`;
      throw new TsmachineError('NAME_INVALID', what, { hint: 'Give every machine a name of its own' });
    }
    seen.set(name.toLowerCase(), name);
  }
  return args;
}

/** @throws TsmachineError USAGE, NAME_INVALID */
export function oneNewName(args: readonly string[]): string {
  const [name = ''] = newNames(args);
  oneOrNone(args);
  return name;
}

/** @throws TsmachineError USAGE for none or several */
export function oneFile(args: readonly string[]): string {
  const [file, ...others] = args;
  if (file !== undefined && others.length === 0) return file;
  throw new TsmachineError('USAGE', 'Error: Expected one file as an argument');
}

/** `OLD=NEW` words by their left sides. @throws TsmachineError FLAG_INVALID */
export function renames(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [, from, to] = /^([^=]+)=([^=]+)$/.exec(word) ?? [];
      if (from === undefined || to === undefined)
        throw new TsmachineError('FLAG_INVALID', `--name ${JSON.stringify(word)} must be OLD=NEW`);
      return [from, to];
    }),
  );
}

/** The two words of `scp`. @throws TsmachineError USAGE when there are not two (spec 1.6) */
export function fromTo(args: readonly string[]): readonly [string, string] {
  const [from, to, ...more] = args;
  if (from === undefined || to === undefined || more.length > 0) throw new TsmachineError('USAGE', 'Improper number of arguments');
  return [from, to];
}

/** The one or two words of `mount`. @throws TsmachineError USAGE (spec 1.6) */
export function placeAndPoint(args: readonly string[]): readonly [string, string | undefined] {
  const [place, point, ...more] = args;
  if (place === undefined || more.length > 0) throw new TsmachineError('USAGE', 'Improper number of arguments');
  return [place, point];
}

/** A machine and what is said of it. @throws TsmachineError USAGE without a machine */
export function nameAndWords(args: readonly string[]): readonly [string, readonly string[]] {
  const [name, ...words] = args;
  if (name === undefined) throw new TsmachineError('USAGE', 'Error: Expected one machine name as an argument');
  return [name, words];
}

/** The role and the swarm of `swarm token`. @throws TsmachineError USAGE */
export function roleAndSwarm(args: readonly string[]): readonly ['worker' | 'manager', string | undefined] {
  const [role, swarm, ...more] = args;
  if ((role === 'worker' || role === 'manager') && more.length === 0) return [role, swarm];
  throw new TsmachineError('USAGE', 'Error: Expected "worker" or "manager", and at most the name of a swarm');
}
