import { findUserHostKeys, type HostAddress, type KnownHost } from './known-hosts.js';
import type { Place } from '../dial/place.js';
import { defaultKnownHosts, type HostSettings } from '../system/user-config.js';

/** A host that is contacted. */
export interface Contact {
  readonly place: Place;
  readonly knownHostsFile: string;
  readonly unknownHostKey: 'trust' | 'refuse';
  /** The user's ssh settings for the host: they name the known-hosts files, and say what to do with a key that is in none. */
  readonly settings: HostSettings | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** A known key, and the file that it is in. */
export interface Known extends KnownHost {
  readonly file: string;
  /** The name it was looked for under. */
  readonly name: HostAddress;
}

/** What files of known hosts say of one host. */
export interface Source {
  readonly files: readonly string[];
  readonly plain: readonly Known[];
  readonly revoked: readonly Known[];
  /** Keys that sign host keys. */
  readonly authorities: readonly Known[];
}

/** What the user's files say. */
export interface UserSource extends Source {
  /** Keys under the name without its port: as ssh does, one that fits is accepted, and one that does not says nothing. */
  readonly withoutPort: readonly Known[];
}

/** Reads what files say of a host under each of its names. */
export async function readSource(
  files: readonly string[],
  names: readonly HostAddress[],
  find: (file: string, name: HostAddress) => Promise<KnownHost[]>,
): Promise<Source> {
  const entries: Known[] = [];
  for (const file of files) {
    for (const name of names) for (const entry of await find(file, name)) entries.push({ ...entry, file, name });
  }
  return {
    files,
    plain: entries.filter((entry) => entry.marker === undefined),
    revoked: entries.filter((entry) => entry.marker === '@revoked'),
    authorities: entries.filter((entry) => entry.marker === '@cert-authority'),
  };
}

/** Reads the files that the user's ssh would read for this host (UserKnownHostsFile, GlobalKnownHostsFile, HostKeyAlias). */
export async function userSource({ place, settings, env }: Contact): Promise<UserSource> {
  const files = settings?.knownHosts ?? defaultKnownHosts(env);
  const alias = settings?.hostKeyAlias;
  const name: HostAddress = alias === undefined ? { host: place.host, port: place.port } : { host: alias };
  const found = await readSource(files, [name], findUserHostKeys);
  const other = alias === undefined && place.port !== 22 ? await readSource(files, [{ host: place.host }], findUserHostKeys) : undefined;
  return { ...found, withoutPort: other?.plain ?? [] };
}
