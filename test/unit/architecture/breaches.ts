import { foreign, mayImport, rooms, sdks, tables } from './rules.js';
import { roomOf, type Import } from './sources.js';

/** What an import breaks, as a sentence that names file and rule; undefined when it is allowed. */
export function breach(found: Import): string | undefined {
  const rule = found.kind === 'project' ? projectRule(found) : foreignRule(found);
  return rule === undefined ? undefined : `${found.from}.ts imports ${found.to}: ${rule}`;
}

function projectRule({ from, to, isStatic }: Import): string | undefined {
  const room = roomOf(from);
  if (room === roomOf(to)) return undefined;
  if (tables[from]?.test(to)) return isStatic ? 'a table loads its entries by import()' : undefined;
  const allowed = mayImport[room] ?? (room.startsWith('drivers/') ? mayImport['drivers/*'] : undefined);
  if (!allowed) return `${room} is no room of the house yet; give it a place in test/unit/architecture/rules.ts`;
  if (roomOf(to) === 'src/base' || allowed.some((name) => to === name || to.startsWith(`${name}/`))) return undefined;
  if (room === 'src/base') return 'src/base imports nothing';
  return `${room} may import ${[...allowed, 'src/base'].join(', ')}`;
}

function foreignRule({ from, to, kind }: Import): string | undefined {
  const owner = sdkOwner(to);
  if (owner !== undefined) return from === owner ? undefined : `only ${owner}.ts may`;
  const allowed = foreign[to];
  if (!allowed) return kind === 'node' ? undefined : `the package has no importer yet; name one in test/unit/architecture/rules.ts`;
  return allowed.includes(roomOf(from)) ? undefined : `only ${allowed.join(' and ')} may`;
}

/** The module that bundles the SDK to which a package belongs; undefined for any other package. */
export function sdkOwner(name: string): string | undefined {
  return Object.entries(sdks).find(([, packages]) => packages.test(name))?.[0];
}

/** Permissions that lead from a room to one that does not stand below it. */
export function upwardPermissions(permissions: Readonly<Record<string, readonly string[]>>): string[] {
  const floor = (module: string) => (rooms as readonly string[]).indexOf(roomOf(module));
  return Object.entries(permissions)
    .filter(([room]) => room !== 'drivers/*')
    .flatMap(([room, allowed]) => allowed.filter((to) => floor(room) < 0 || floor(to) <= floor(room)).map((to) => `${room} -> ${to}`));
}

/** The first circle of modules, types included, as a chain that ends where it began; undefined when there is none. */
export function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const search = (module: string, chain: readonly string[]): string[] | undefined => {
    const start = chain.indexOf(module);
    if (start >= 0) return [...chain.slice(start), module];
    if (done.has(module)) return undefined;
    for (const to of imports.get(module) ?? []) {
      const circle = search(to, [...chain, module]);
      if (circle) return circle;
    }
    done.add(module);
    return undefined;
  };
  for (const module of imports.keys()) {
    const circle = search(module, []);
    if (circle) return circle;
  }
  return undefined;
}
