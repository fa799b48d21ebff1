import { Refusal } from './state.js';

/** Options of a command line by their names without dashes, each with its one value (or `true`); what is no option comes in `rest`. */
export interface Words {
  readonly options: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Reads options; with `=` or as the next word. @param known names without inner dashes, with the number of their values */
export function read(args: readonly string[], known: Readonly<Record<string, number>>, dashes: boolean): Words {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? '';
    if (!word.startsWith('--')) {
      rest.push(word);
      continue;
    }
    const [given = '', inline] = word.slice(2).split(/=(.*)/s);
    const name = given.replaceAll('-', '');
    const count = known[name];
    if (count === undefined || (!dashes && given !== name)) throw new Refusal(`Unknown option: ${word}`, 2);
    const values = inline === undefined ? args.slice(i + 1, i + 1 + count) : [inline];
    if (values.length < count) throw new Refusal(`Missing value for option: ${word}`, 2);
    options.set(name, values.join(',') || 'true');
    i += inline === undefined ? count : 0;
  }
  return { options, rest };
}
