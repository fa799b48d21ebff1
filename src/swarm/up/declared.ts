import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';

import type { FlagSpec } from '../../base/flags.js';
import { allDriverNames, driverNames, loadDriverModule } from '../../machine/access/driver-registry.js';
import type { Declared, SwarmDeclaration } from '../model/declaration.js';
import { declare, type DeclareRequest } from '../model/declare.js';
import { readIfExists } from '../../system/files/atomic.js';
import type { Surroundings } from '../../machine/session.js';
import { TsmachineError, whyUnusable } from '../../base/errors.js';
import { lines, run, say } from '../../base/text.js';

/** Where a declaration is read from when nothing names a file. */
export const usualFiles = ['swarm.yaml', 'swarm.yml'];

export interface FromFile {
  /** Undefined: one of `usualFiles`. */
  readonly file?: string | undefined;
  /** The swarm's name, unless the file says it. */
  readonly name?: string | undefined;
  readonly cwd: string;
  readonly session: Surroundings;
}

export interface DeclaredFrom extends Declared {
  /** The folder that relative file names in it start from. */
  readonly base: string;
}

/** A swarm that the flags of `swarm up` describe. @throws TsmachineError FLAG_INVALID */
export function declaredByFlags(request: DeclareRequest, cwd: string): DeclaredFrom {
  return { ...declare(request), base: cwd };
}

/** A swarm that a file describes. @throws TsmachineError SWARM_FILE, USAGE when there is none or it describes another swarm */
export async function declaredByFile({ file, name, cwd, session }: FromFile): Promise<DeclaredFrom> {
  const found = file === undefined ? await usualFile(cwd) : { path: resolve(cwd, file), file, text: await read(resolve(cwd, file), file) };
  const base = dirname(found.path);
  const { readSwarmFile } = await import('../file/read.js');
  const { declaration, warnings } = await readSwarmFile(found.text, {
    file: found.file,
    folderName: name ?? basename(base),
    env: session.env,
    drivers: await driverFlagsFor(found.text, session),
  });
  if (name !== undefined && declaration.name !== name) {
    throw new TsmachineError('USAGE', `${found.file} describes swarm "${declaration.name}", not "${name}"`, {
      hint: 'Leave the name out, or name another file with -f',
    });
  }
  return { declaration: withPaths(declaration, base), warnings, base };
}

/** The flags of the built-in drivers, and of those plugins whose names are in the file: no other plugin is started. */
async function driverFlagsFor(text: string, session: Surroundings): Promise<ReadonlyMap<string, readonly FlagSpec[]>> {
  const builtIn = driverNames();
  const names = (await allDriverNames(session)).filter((name) => builtIn.includes(name) || text.includes(name));
  return new Map(await Promise.all(names.map(async (name) => [name, (await loadDriverModule(name, session)).flags] as const)));
}

async function usualFile(cwd: string): Promise<{ path: string; file: string; text: string }> {
  for (const file of usualFiles) {
    const path = resolve(cwd, file);
    try {
      const text = await readIfExists(path);
      if (text !== undefined) return { path, file, text };
    } catch (error) {
      throw unreadable(file, error);
    }
  }
  throw new TsmachineError('USAGE', `Nothing describes the swarm: there is no ${usualFiles[0]} here, and no flags were given`, {
    hint: lines([
      say`Name a file: ${run('swarm', 'up', '-f', 'FILE')}`,
      say`Or describe the swarm with flags: ${run('swarm', 'up', '--managers', '3', '--workers', '2', '-d', 'DRIVER', 'NAME')}`,
    ]),
  });
}

async function read(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown): TsmachineError {
  return new TsmachineError('SWARM_FILE', say`Cannot read ${file}: ${whyUnusable(cause)}`, { cause, hint: 'Name another file with -f' });
}

function withPaths({ settings, ...declaration }: SwarmDeclaration, base: string): SwarmDeclaration {
  const { externalCas } = settings;
  if (!externalCas) return { ...declaration, settings };
  const absolute = externalCas.map((ca) => (ca.caCertFile === undefined ? ca : { ...ca, caCertFile: resolve(base, ca.caCertFile) }));
  return { ...declaration, settings: { ...settings, externalCas: absolute } };
}
