import { join, posix, win32 } from 'node:path';

import { machinesFolder } from '../paths.js';

/** A store's root and a machine's name in it: as a file recorded them, or as they are now. */
export interface Place {
  readonly root: string;
  readonly name: string;
}

/**
 * Maps paths inside the recorded store to where the store is now. Paths outside it (the user's own certificates and keys) stay.
 * The recorded root may be another system's, with its separators.
 * @param recorded every root that the file names: one that was edited by hand can name two, and of these the inner one counts
 */
export function relocator(recorded: readonly Place[], now: Place): (path: string) => string {
  const places = recorded.filter(({ root }) => isUsable(root)).sort((one, other) => other.root.length - one.root.length);
  return (path) => {
    for (const { root, name } of places) {
      const inside = parts(root, path);
      if (!inside) continue;
      if (root === now.root && name === now.name) return path;
      const renamed = inside[0] === machinesFolder && inside[1] === name ? [machinesFolder, now.name, ...inside.slice(2)] : inside;
      return join(now.root, ...renamed);
    }
    return path;
  };
}

/** `/` contains every path, and a relative root says nothing about where the store was: neither maps anything. */
function isUsable(root: string): boolean {
  const system = pathsOf(root);
  return system.isAbsolute(root) && system.dirname(root) !== root;
}

/** The path's parts below `root`, or undefined when it is not inside. */
function parts(root: string, path: string): string[] | undefined {
  const system = pathsOf(root);
  if (!system.isAbsolute(path)) return undefined;
  const rest = system.relative(root, path);
  if (rest === '..' || rest.startsWith(`..${system.sep}`) || system.isAbsolute(rest)) return undefined;
  return rest.split(system.sep).filter((part) => part !== '');
}

function pathsOf(root: string) {
  return /^([A-Za-z]:[\\/]|\\\\)/.test(root) ? win32 : posix;
}

/** The root of the store that a machine's folder belongs to. */
export function rootOfMachineDir(dir: string): string | undefined {
  const system = pathsOf(dir);
  const machines = system.dirname(dir);
  return system.isAbsolute(dir) && system.basename(machines) === machinesFolder ? system.dirname(machines) : undefined;
}

/** Moves a path below one home folder to the same place below another; any other path stays. */
export function followHome(path: string, from: string, to: string): string {
  const inside = isUsable(from) && isUsable(to) ? parts(from, path) : undefined;
  return inside ? join(to, ...inside) : path;
}
