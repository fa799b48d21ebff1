import { foreign, layers, leaves, tables } from './rules.js';
import { areaOf, type Import } from './sources.js';

/** What an import breaks, as a sentence that names file and rule; undefined when it is allowed. */
export function breach(found: Import): string | undefined {
  const rule = found.kind === 'project' ? projectRule(found) : foreignRule(found);
  return rule === undefined ? undefined : `${found.from}.ts imports ${found.to}: ${rule}`;
}

function projectRule({ from, to, isStatic }: Import): string | undefined {
  if (leaves.includes(from)) return leaves.includes(to) ? undefined : 'a leaf imports nothing but leaves';
  if (leaves.includes(to) || areaOf(from) === areaOf(to)) return undefined;
  const table = tables[from];
  if (table?.test(to)) return isStatic ? 'a table loads its entries by import()' : undefined;
  const area = areaOf(from);
  const allowed = layers[area] ?? (area.startsWith('drivers/') ? layers['drivers/*'] : undefined);
  if (!allowed) return `${area} has no place in the layers yet; give it one in test/unit/architecture/rules.ts`;
  if (allowed.includes(to) || allowed.includes(areaOf(to))) return undefined;
  return `${area} may import ${[...allowed, 'the leaves'].join(', ')}`;
}

function foreignRule({ from, to, kind }: Import): string | undefined {
  const areas = foreign[to];
  if (!areas) return kind === 'node' ? undefined : `the package has no importer yet; name one in test/unit/architecture/rules.ts`;
  if (areas.includes(areaOf(from))) return undefined;
  return `only ${areas.join(' and ')} may`;
}
