import { TsmachineError } from '../../base/errors.js';
import type { SwarmSettings } from '../model/declaration.js';
import { settingsOf, type SettingsSection } from './document.js';
import { schemaErrors } from './checks/schema.js';
import { schemaProblems } from './checks/schema-problems.js';
import { checkSettings } from './checks/settings-checks.js';
import type { Tree } from './text/tree.js';

/** As they come from a command line. */
export type SettingsFlags = { readonly [K in keyof SettingsSection]?: SettingsSection[K] | undefined };

/** The least that must stand beside the settings for the schema. */
const someGroup = { manager: { role: 'manager', count: 1, driver: 'none' } };

/**
 * The flags of `swarm init` as settings, by the rules that hold for a file: each flag is called as the key there.
 * @throws TsmachineError FLAG_INVALID with every fault on a line of its own
 */
export async function settingsOfFlags(flags: SettingsFlags): Promise<SwarmSettings> {
  const section = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as SettingsSection;
  const tree: Tree = { value: { swarm: section, groups: someGroup }, places: new Map(), unknown: new Set(), problems: [] };
  const errors = await schemaErrors(tree);
  const faults = errors.length > 0 ? schemaProblems(errors, tree) : checkSettings(section);
  if (faults.length === 0) return settingsOf(section);
  throw new TsmachineError('FLAG_INVALID', [...new Set(faults.map(({ message }) => message.replaceAll('swarm.', '--')))].join('\n'));
}
