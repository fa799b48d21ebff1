import { states } from '../../base/machine.js';
import { allDriverNames } from '../../machine/access/driver-registry.js';
import type { Surroundings } from '../../machine/session.js';
import { valuesOf, type FlagInput } from '../line/flags.js';
import { shellNames } from '../shells/shells.js';
import { nothing, words, type Choice } from './candidate.js';

const shownStates = states.filter((state) => state !== 'None');

/** The flags with known values. A flag of one name has the same values in every command. */
const known: Readonly<Record<string, (typed: string, search: Surroundings) => Choice | Promise<Choice>>> = {
  driver: async (_typed, search) => words(await allDriverNames(search)),
  shell: () => words(shellNames()),
  filter: filter,
  'storage-path': () => ({ candidates: [], place: 'folders' }),
  format: () => nothing,
};

/** The completions of the value of a flag. For text with unknown values they are files, as in shells. */
export async function valueChoice(name: string, flag: FlagInput[string], typed: string, search: Surroundings): Promise<Choice> {
  const choice = Object.hasOwn(known, name) ? known[name] : undefined;
  if (choice) return choice(typed, search);
  const values = valuesOf(flag);
  if (values) return words(values);
  return flag.type === 'option' && typeof (flag.default ?? flag.defaultHelp) !== 'number' ? { candidates: [], place: 'files' } : nothing;
}

/** First `driver=`, then `driver=none`. */
async function filter(typed: string, search: Surroundings): Promise<Choice> {
  const [key = ''] = typed.split('=');
  if (!typed.includes('=')) return words(['driver=', 'label=', 'name=', 'state=', 'swarm=']);
  const values = { driver: key === 'driver' ? await allDriverNames(search) : [], state: shownStates }[key] ?? [];
  return words(values.map((value) => `${key}=${value}`));
}
