import { jsonOrNothing } from '../../base/json.js';
import type { EngineOwner } from './facts.js';

/** What the mark on a host may hold; the host may be anybody's. */
const forms: Readonly<Record<keyof EngineOwner, RegExp>> = {
  store: /^[\w-]{1,100}$/,
  name: /^[\w.-]{1,100}$/,
  by: /^[\w.@+-]{1,200}$/,
};

/** The mark of the store that configured the engine last; undefined when there is none, or when it is damaged. */
export function parseOwner(text: string): EngineOwner | undefined {
  const value = jsonOrNothing(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const words = new Map<string, unknown>(Object.entries(value));
  const word = (key: keyof EngineOwner): string => {
    const given = words.get(key);
    return typeof given === 'string' && forms[key].test(given) ? given : '';
  };
  const owner = { store: word('store'), name: word('name'), by: word('by') };
  return Object.values(owner).includes('') ? undefined : owner;
}

/** The text of the mark. */
export function renderOwner({ store, name, by }: EngineOwner): string {
  return `${JSON.stringify({ store, name, by })}\n`;
}
