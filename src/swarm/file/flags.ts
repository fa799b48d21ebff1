import { TsmachineError } from '../../base/errors.js';
import type { SwarmSettings } from '../model/declaration.js';
import { settingsOf, type SettingsSection } from './document.js';
import { schemaErrors } from './checks/schema.js';
import { schemaProblems } from './checks/schema-problems.js';
import { checkSettings } from './checks/settings-checks.js';
import type { Tree } from './text/tree.js';

/** Settings from a command line, by the names they have in a swarm file. */
export type SettingsFlags = { readonly [K in keyof SettingsSection]?: SettingsSection[K] | undefined };

/** A minimal group, which the schema requires beside the settings. */
const someGroup = { manager: { role: 'manager', count: 1, driver: 'none' } };

/**
 * The flags of `swarm init` as settings, checked by the same rules as a swarm file: each flag has the name of a key there.
 * @throws TsmachineError FLAG_INVALID with a line for each fault
 */
export async function settingsOfFlags(flags: SettingsFlags): Promise<SwarmSettings> {
  const section = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as SettingsSection;
  const tree: Tree = { value: { swarm: section, groups: someGroup }, places: new Map(), unknown: new Set(), problems: [] };
  const errors = await schemaErrors(tree);
  const faults = errors.length > 0 ? schemaProblems(errors, tree) : checkSettings(section);
  if (faults.length === 0) return settingsOf(section);
  throw new TsmachineError('FLAG_INVALID', [...new Set(faults.map(({ message }) => message.replaceAll('swarm.', '--')))].join('\n'));
}
