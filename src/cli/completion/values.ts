import { driverNames } from '../../driver/registry.js';
import { installModes } from '../../base/machine.js';
import type { FlagInput } from '../line/flags.js';
import { shellNames } from '../shells/shells.js';
import { nothing, words, type Choice } from './candidate.js';

const states = ['Running', 'Paused', 'Saved', 'Stopped', 'Stopping', 'Starting', 'Error', 'Timeout'];

/** Flags whose values are known, by name: a name means the same in every command. */
const known: Readonly<Record<string, (typed: string) => Choice>> = {
  driver: () => words(driverNames()),
  'engine-install': () => words(installModes),
  shell: () => words(shellNames()),
  filter: filter,
  'storage-path': () => ({ candidates: [], place: 'folders' }),
  format: () => nothing,
};

/** What may stand as the value of a flag; files where nothing better is known of a text, as shells do it themselves. */
export function valueChoice(name: string, flag: FlagInput[string], typed: string): Choice {
  const choice = Object.hasOwn(known, name) ? known[name] : undefined;
  if (choice) return choice(typed);
  if (flag.type === 'option' && flag.options) return words(flag.options);
  return flag.type === 'option' && typeof (flag.default ?? flag.defaultHelp) !== 'number' ? { candidates: [], place: 'files' } : nothing;
}

/** `driver=`, then `driver=none`. */
function filter(typed: string): Choice {
  const [key = ''] = typed.split('=');
  if (!typed.includes('=')) return words(['driver=', 'label=', 'name=', 'state=', 'swarm=']);
  const values = { driver: driverNames(), state: states }[key] ?? [];
  return words(values.map((value) => `${key}=${value}`));
}
