import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { TsmachineError } from '../../base/errors.js';
import type { GuestContext } from '../../base/guest.js';
import type { SystemImages } from '../../base/guest.js';
import { diskError } from '../../system/files/disk-error.js';
import { formatOf } from '../image/format.js';
import { isoVersion } from './iso-version.js';
import { isoFile, isoSource, type IsoSource } from './source.js';

type IsoContext = Pick<GuestContext, 'io' | 'machineDir' | 'machineName' | 'download' | 'fetchText'>;

/** The ISO that a machine boots from. */
export function isoOf(machineDir: string): string {
  return join(machineDir, 'boot2docker.iso');
}

/** The one that it booted from before its last upgrade. */
function formerIsoOf(machineDir: string): string {
  return `${isoOf(machineDir)}.former`;
}

/**
 * Refuses an ISO of this computer that is not there, or is none.
 * @param flag its name without dashes, for the hint
 * @throws TsmachineError DRIVER_PRECHECK
 */
export async function checkIso(text: string, flag: string): Promise<void> {
  const path = isoFile(text);
  if (path === undefined) return;
  const hint = `Check --${flag}`;
  if (!existsSync(path)) throw new TsmachineError('DRIVER_PRECHECK', `There is no ISO ${path}`, { hint });
  await refuseOthers(path, path, hint);
}

/**
 * Puts the ISO of a new machine into its folder.
 * @param text as `isoSource` takes it
 * @throws TsmachineError DOWNLOAD, DRIVER_PRECHECK for what is no ISO, STORE_FULL, STORE_UNWRITABLE
 */
export async function bringIso(text: string, ctx: IsoContext): Promise<string> {
  const source = await isoSource(text, ctx);
  const path = await fetched(source, ctx);
  const target = isoOf(ctx.machineDir);
  ctx.io.progress(`Copying ${path} to ${target}`);
  await copyTo(target, path);
  return target;
}

/**
 * The ISO a machine boots from and, where there is a newer one, that one, fetched. Changes nothing of the machine.
 * @throws TsmachineError as `bringIso`
 */
export async function isoImages(text: string, ctx: IsoContext): Promise<SystemImages> {
  const own = isoOf(ctx.machineDir);
  const isThere = existsSync(own);
  const version = isThere ? await isoVersion(own) : undefined;
  const current = { version: version ?? 'an unknown version', path: formerIsoOf(ctx.machineDir) };
  const source = await isoSource(text, ctx);
  if (source.kind === 'url' && source.version !== undefined && source.version === version) return { current };
  const path = await fetched(source, ctx, true);
  if (isThere && (await digestOf(path)) === (await digestOf(own))) return { current };
  return { current, newer: { version: (await isoVersion(path)) ?? path, path } };
}

/** Lets a machine that is off boot from another ISO, and keeps the one before. */
export async function changeIso(path: string, { machineDir }: Pick<GuestContext, 'machineDir'>): Promise<void> {
  const target = isoOf(machineDir);
  const incoming = `${target}.incoming`;
  await copyTo(incoming, path);
  try {
    if (existsSync(target)) await rename(target, formerIsoOf(machineDir));
    await rename(incoming, target);
  } catch (error) {
    throw diskError(error, 'Cannot write', target);
  }
}

async function fetched(source: IsoSource, ctx: IsoContext, again = false): Promise<string> {
  if (source.kind === 'file') {
    await refuseOthers(source.path, source.path, 'Check the path');
    return source.path;
  }
  // What lies at an address without a version may be another file by now.
  const path = await ctx.download(source.url, { again: again && source.version === undefined });
  await refuseOthers(path, source.url, 'Does a proxy or a login page answer in its place?');
  return path;
}

async function refuseOthers(path: string, name: string, hint: string): Promise<void> {
  if ((await formatOf(path)) !== 'iso') throw new TsmachineError('DRIVER_PRECHECK', `${name} is no ISO image`, { hint });
}

async function copyTo(target: string, path: string): Promise<void> {
  try {
    await copyFile(path, target);
  } catch (error) {
    await rm(target, { force: true });
    throw diskError(error, 'Cannot write', target);
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
