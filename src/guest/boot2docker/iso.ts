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

/** The ISO that it booted from before its last upgrade. */
function formerIsoOf(machineDir: string): string {
  return `${isoOf(machineDir)}.former`;
}

/**
 * Refuses a local ISO file that does not exist or is not an ISO.
 * @param flag the flag's name without dashes, for the hint
 * @throws TsmachineError DRIVER_PRECHECK
 */
export async function checkIso(text: string, flag: string): Promise<void> {
  const path = isoFile(text);
  if (path === undefined) return;
  const hint = `Check --${flag}`;
  if (!existsSync(path)) throw new TsmachineError('DRIVER_PRECHECK', `There is no ISO ${path}`, { hint });
  await requireIso(path, path, hint);
}

/**
 * Copies the ISO of a new machine into its folder.
 * @param text as for `isoSource`
 * @throws TsmachineError DOWNLOAD; DRIVER_PRECHECK when it is not an ISO; STORE_FULL, STORE_UNWRITABLE
 */
export async function bringIso(text: string, ctx: IsoContext): Promise<string> {
  const source = await isoSource(text, ctx);
  const path = await fetchIso(source, ctx);
  const target = isoOf(ctx.machineDir);
  ctx.io.info(`Copying ${path} to ${target}...`);
  await copyTo(target, path);
  return target;
}

/**
 * The ISO that a machine boots from and, if there is a newer one, that one, downloaded. Does not change the machine.
 * @throws TsmachineError as `bringIso`
 */
export async function isoImages(text: string, ctx: IsoContext): Promise<SystemImages> {
  const own = isoOf(ctx.machineDir);
  const isThere = existsSync(own);
  const version = isThere ? await isoVersion(own) : undefined;
  const current = { version: version ?? 'an unknown version', path: formerIsoOf(ctx.machineDir) };
  const source = await isoSource(text, ctx);
  if (source.kind === 'url' && source.version !== undefined && source.version === version) return { current };
  const path = await fetchIso(source, ctx, true);
  if (isThere && (await digestOf(path)) === (await digestOf(own))) return { current };
  return { current, newer: { version: (await isoVersion(path)) ?? path, path } };
}

/** Makes a stopped machine boot from another ISO, and keeps the previous one. */
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

async function fetchIso(source: IsoSource, ctx: IsoContext, again = false): Promise<string> {
  if (source.kind === 'file') {
    await requireIso(source.path, source.path, 'Check the path');
    return source.path;
  }
  // Without a version or a checksum, the file at the URL may have changed.
  const { url, version, sha256 } = source;
  const path = await ctx.download(url, { again: again && version === undefined && sha256 === undefined, ...(sha256 && { sha256 }) });
  await requireIso(path, url, 'A proxy or a login page may have answered instead');
  return path;
}

async function requireIso(path: string, name: string, hint: string): Promise<void> {
  if ((await formatOf(path)) !== 'iso') throw new TsmachineError('DRIVER_PRECHECK', `${name} is not an ISO image`, { hint });
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
