import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { TsmachineError, whyUnusable } from '../../base/errors.js';
import { jsonOrNothing } from '../../base/json.js';
import { download } from '../../system/http/download.js';
import { fetchText } from '../../system/http/fetch-text.js';
import { registryOf } from './npm-config.js';
import { driverOf, isObject, packageOf } from './package.js';

/** A package as it was fetched: a tarball, in which nothing was looked at yet. */
export interface Tarball {
  readonly bytes: Buffer;
  /** Its address or path. */
  readonly from: string;
  /** `sha512-` and base64. */
  readonly integrity: string;
}

export interface FetchOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** A folder of the caller's for what is downloaded. */
  readonly folder: string;
  /** The digest that the tarball must have, as npm writes it. */
  readonly integrity?: string | undefined;
}

/** Bytes of a tarball, at the most. */
const largest = 128 * 2 ** 20;
const sha512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const inRegistry = /^(?<name>(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9][a-z0-9-]*)(@(?<version>[\w.+-]+))?$/;

/**
 * Fetches a package: `NAME`, `NAME@VERSION` from npm's registry, the path of a tarball, or its address.
 * @throws TsmachineError USAGE for what is none of these; DRIVER_PACKAGE when there is no such package or version, or it has another
 *   digest; DOWNLOAD; the signal's reason
 */
export async function fetchTarball(spec: string, options: FetchOptions): Promise<Tarball> {
  const { integrity } = options;
  if (integrity !== undefined && !sha512.test(integrity)) {
    throw new TsmachineError(
      'FLAG_INVALID',
      `--integrity must be sha512- and a digest in base64, as npm writes it, not ${JSON.stringify(integrity)}`,
    );
  }
  if (/^https?:\/\//.test(spec)) return fetchFrom(spec, integrity, options);
  if (/\.(tgz|tar\.gz)$/.test(spec)) return verified(await readTarball(resolve(spec)), resolve(spec), integrity);
  const { name, version = 'latest' } = inRegistry.exec(spec)?.groups ?? {};
  if (name === undefined || driverOf(packageOf(name)) === undefined) {
    throw new TsmachineError('USAGE', `${JSON.stringify(spec)} is no driver package`, {
      hint: 'Give NAME, NAME@VERSION, the path of a .tgz file, or the address of one',
    });
  }
  const found = await lookUp(packageOf(name), version, options);
  if (integrity !== undefined && integrity !== found.integrity) throw differs(found.tarball, found.integrity, integrity);
  return fetchFrom(found.tarball, found.integrity, options);
}

interface Release {
  readonly tarball: string;
  readonly integrity: string;
}

/** What the registry says of a version, or of a tag such as `latest`. */
async function lookUp(name: string, wanted: string, { env, signal }: FetchOptions): Promise<Release> {
  const registry = await registryOf(name, env);
  const address = new URL(name.replace('/', '%2f'), registry).href;
  const document = jsonOrNothing(
    await fetchText(address, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new TsmachineError('DRIVER_PACKAGE', `Cannot look up the package ${name}: ${TsmachineError.from(error).message}`, {
        hint: 'Check its name and the registry that npm is set to, or give the path or the address of its tarball',
        cause: error,
      });
    }),
  );
  const { versions, 'dist-tags': tags } = isObject(document) ? document : {};
  const tagged = isObject(tags) && Object.hasOwn(tags, wanted) ? tags[wanted] : wanted;
  const release = isObject(versions) && typeof tagged === 'string' && Object.hasOwn(versions, tagged) ? versions[tagged] : undefined;
  if (!isObject(release)) {
    const known = isObject(versions) ? Object.keys(versions).slice(-5).join(', ') : '';
    throw new TsmachineError('DRIVER_PACKAGE', `${registry} has no ${name}@${wanted}`, {
      hint: known === '' ? undefined : `Its latest versions are ${known}`,
    });
  }
  const { tarball, integrity } = isObject(release['dist']) ? release['dist'] : {};
  const digest = typeof integrity === 'string' ? integrity.split(/\s+/).find((one) => sha512.test(one)) : undefined;
  if (typeof tarball !== 'string' || digest === undefined) {
    throw new TsmachineError('DRIVER_PACKAGE', `${registry} names no SHA-512 of ${name}@${String(tagged)}, so it cannot be checked`, {
      hint: 'Download it yourself, and give the path of its tarball',
    });
  }
  return { tarball, integrity: digest };
}

async function fetchFrom(address: string, integrity: string | undefined, { signal, folder }: FetchOptions): Promise<Tarball> {
  const digest = integrity === undefined ? {} : { sha512: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') };
  const file = await download(address, folder, { signal, ...digest });
  return verified(await readTarball(file), address, integrity);
}

async function readTarball(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size <= largest) return await readFile(file);
  } catch (error) {
    throw new TsmachineError('DRIVER_PACKAGE', `Cannot read ${file}: ${whyUnusable(error)}`, { hint: 'Check the path', cause: error });
  }
  throw new TsmachineError('DRIVER_PACKAGE', `${file} is larger than ${largest / 2 ** 20} MiB: it is no driver package`);
}

function verified(bytes: Buffer, from: string, expected: string | undefined): Tarball {
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (expected !== undefined && integrity !== expected) throw differs(from, integrity, expected);
  return { bytes, from, integrity };
}

function differs(from: string, found: string, expected: string): TsmachineError {
  return new TsmachineError('DRIVER_PACKAGE', `${from} has the digest ${found}, not ${expected}`, {
    hint: 'Somebody changed the package, or the digest is that of another version: do not use it until you know',
  });
}
