import { driverNames } from '../../machine/access/driver-registry.js';
import { valuesOf, type FlagInput } from '../line/flags.js';
import { shellNames } from '../shells/shells.js';
import { nothing, words, type Choice } from './candidate.js';

const states = ['Running', 'Paused', 'Saved', 'Stopped', 'Stopping', 'Starting', 'Error', 'Timeout'];

/** The flags with known values. A flag of one name has the same values in every command. */
const known: Readonly<Record<string, (typed: string) => Choice>> = {
  driver: () => words(driverNames()),
  shell: () => words(shellNames()),
  filter: filter,
  'storage-path': () => ({ candidates: [], place: 'folders' }),
  format: () => nothing,
};

/** The completions of the value of a flag. For text with unknown values they are files, as in shells. */
export function valueChoice(name: string, flag: FlagInput[string], typed: string): Choice {
  const choice = Object.hasOwn(known, name) ? known[name] : undefined;
  if (choice) return choice(typed);
  const values = valuesOf(flag);
  if (values) return words(values);
  return flag.type === 'option' && typeof (flag.default ?? flag.defaultHelp) !== 'number' ? { candidates: [], place: 'files' } : nothing;
}

/** First `driver=`, then `driver=none`. */
function filter(typed: string): Choice {
  const [key = ''] = typed.split('=');
  if (!typed.includes('=')) return words(['driver=', 'label=', 'name=', 'state=', 'swarm=']);
  const values = { driver: driverNames(), state: states }[key] ?? [];
  return words(values.map((value) => `${key}=${value}`));
}
