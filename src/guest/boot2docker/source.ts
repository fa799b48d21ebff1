import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { TsmachineError, messageOf } from '../../base/errors.js';
import { say } from '../../base/text.js';
import type { GuestContext } from '../../base/guest.js';
import { parseJson } from '../../base/json.js';

/** Where to get a boot2docker ISO. The version is known in advance when it comes from a list of releases. */
export type IsoSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly version?: string; readonly sha256?: string };

/** The default when the user names no ISO: boot2docker's own releases. */
const ownReleases = 'https://api.github.com/repos/boot2docker/boot2docker/releases';

/** The URL of a list of releases on GitHub or a GitHub Enterprise server, as Docker Machine accepted it. */
const releases = /^(https?):\/\/([^/]+)(\/api\/v3)?\/repos\/([^/]+)\/([^/]+)\/releases(?:\/latest)?\/?$/i;

/** What a person typed, with a path made absolute: an interrupted create may be resumed from another folder. */
export function isoText(text: string): string {
  return text === '' || isAddress(text) ? text : resolve(text);
}

/** The local file that a text names; undefined for anything that has to be downloaded. */
export function isoFile(text: string): string | undefined {
  if (text === '' || /^https?:/i.test(text)) return undefined;
  return isAddress(text) ? fileURLToPath(text) : text;
}

/**
 * Where the ISO is; for a list of releases, that of the newest release.
 * @param text a path, a URL with or without `#sha256:` and its checksum, the URL of a list of releases; empty for boot2docker's own
 * @throws TsmachineError DOWNLOAD
 */
export async function isoSource(text: string, ctx: Pick<GuestContext, 'io' | 'fetchText'>): Promise<IsoSource> {
  const path = isoFile(text);
  if (path !== undefined) return { kind: 'file', path };
  const url = text === '' ? ownReleases : text;
  const [, scheme = '', host = '', api = '', owner = '', repository = ''] = releases.exec(url) ?? [];
  if (host === '') return withChecksum(url);
  const version = await newestTag(`${scheme}://${host}${api}/repos/${owner}/${repository}/releases/latest`, ctx);
  const site = host === 'api.github.com' ? 'github.com' : host;
  ctx.io.info(`Latest release for ${site}/${owner}/${repository} is ${version}`);
  return { kind: 'url', url: `${scheme}://${site}/${owner}/${repository}/releases/download/${version}/boot2docker.iso`, version };
}

function withChecksum(text: string): IsoSource {
  const [, url = text, sha256] = /^([^#]*)#sha256[:=]([0-9a-fA-F]{64})$/.exec(text) ?? [];
  return { kind: 'url', url, ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }) };
}

async function newestTag(url: string, ctx: Pick<GuestContext, 'fetchText'>): Promise<string> {
  const text = await ctx.fetchText(url);
  const tag = tagIn(text);
  if (tag !== undefined) return tag;
  throw new TsmachineError(
    'DOWNLOAD',
    'failure getting a version tag from the Github API response (are you getting rate limited by Github?)',
    {
      hint: `To see the answer: curl ${url}`,
    },
  );
}

function tagIn(text: string): string | undefined {
  try {
    const release: unknown = parseJson(text);
    const tag = typeof release === 'object' && release !== null && 'tag_name' in release ? release.tag_name : undefined;
    return typeof tag === 'string' && /^[\w.+-]+$/.test(tag) ? tag : undefined;
  } catch (error) {
    throw new TsmachineError('DOWNLOAD', say`The list of releases cannot be read: ${messageOf(error)}`, {
      cause: error,
      hint: 'A proxy or a login page may have answered instead',
    });
  }
}

function isAddress(text: string): boolean {
  return /^(https?|file):/i.test(text);
}
