import { createHash, createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';

import { TsmachineError } from '../../base/errors.js';
import { fitsGlob } from './glob.js';
import type { HostKey } from '../../base/ssh/host-key.js';
import { readIfExists, writeAtomic } from '../../system/files/atomic.js';
import { statIfExists } from '../../system/files/if-exists.js';

/** A host as `known_hosts` names it: `host`, or `[host]:port` for a port other than 22. */
export interface HostAddress {
  readonly host: string;
  readonly port?: number;
}

export interface KnownHost extends HostKey {
  readonly marker: '@revoked' | '@cert-authority' | undefined;
  readonly hosts: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A machine's own file, which may come with an import, and one of the user or the computer, in bytes. */
const limits = { own: 1024 ** 2, users: 64 * 1024 ** 2 };
/** The longest line that counts, in characters: a host key of 16 384 bits takes 2800. */
const longestLine = 16_384;

/** The name that a host's lines begin with. */
export function knownHostsName({ host, port = 22 }: HostAddress): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** `SHA256:...` as `ssh-keygen -l` prints it. */
export function fingerprint(base64: string): string {
  const digest = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** `ED25519`, `ECDSA`, `RSA`: as `ssh-keygen -l` names a type. */
export function shortType(type: string): string {
  return type
    .replace(/^ssh-/, '')
    .replace(/-sha2-nistp\d+$/, '')
    .toUpperCase();
}

/** Reads the OpenSSH format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Lines that are not entries are skipped, as ssh does. */
export function parseKnownHosts(text: string): KnownHost[] {
  const entries: KnownHost[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.length > longestLine) continue;
    const fields = line.trim().split(/\s+/);
    const first = fields[0] ?? '';
    if (first === '' || first.startsWith('#')) continue;
    const marker = first === '@revoked' || first === '@cert-authority' ? first : undefined;
    if (marker !== undefined) fields.shift();
    const [hosts, type, base64] = fields;
    if (hosts !== undefined && type !== undefined && base64 !== undefined) entries.push({ marker, hosts, type, base64, line: index + 1 });
  }
  return entries;
}

/** Whether an entry's host field (list, wildcards, `!` or a hash) names this host. */
export function namesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) return matchesHash(hosts, name);
  let found = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!fitsGlob(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function matchesHash(hosts: string, name: string): boolean {
  const [, , salt, hash] = hosts.split('|');
  if (salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/**
 * The entries of a file that name a host; none when there is no file.
 * @throws TsmachineError CONFIG_UNREADABLE also for a machine's own file that is larger than any that was written for one machine
 */
export async function findHostKeys(file: string, address: HostAddress): Promise<KnownHost[]> {
  return entriesOf(await readKnownHosts(file), address);
}

/** As `findHostKeys`, in a file of the user or of the computer. */
export async function findUserHostKeys(file: string, address: HostAddress): Promise<KnownHost[]> {
  return entriesOf(await readBounded(file, limits.users), address);
}

function entriesOf(text: string, address: HostAddress): KnownHost[] {
  const name = knownHostsName(address);
  return parseKnownHosts(text).filter((entry) => namesHost(entry.hosts, name));
}

/** A machine's own file; empty when there is none. */
function readKnownHosts(file: string): Promise<string> {
  return readBounded(file, limits.own);
}

async function readBounded(file: string, limit: number): Promise<string> {
  const about = await statIfExists(file);
  if (about === undefined || !about.isFile()) return '';
  if (about.size <= limit) return (await readIfExists(file)) ?? '';
  throw new TsmachineError('CONFIG_UNREADABLE', `${file} is too large for a file of known hosts: ${about.size} bytes`, {
    hint: `At most ${limit} bytes are read. Remove the entries that nobody needs.`,
  });
}

/** The keys pinned for a host, hashed and wildcard entries included. */
export async function readHostKeys(file: string, address: HostAddress): Promise<HostKey[]> {
  const entries = await findHostKeys(file, address);
  return entries.filter((entry) => entry.marker === undefined).map(({ type, base64 }) => ({ type, base64 }));
}

/**
 * Adds `key` (`ssh-ed25519 AAAA...`, a comment is dropped) for a host unless it is there already. A machine is pinned under its own name
 * (`{host: NAME}`), so that its key stays valid when its address changes; ssh finds it with `HostKeyAlias=NAME`.
 */
export async function pinHostKey(file: string, address: HostAddress, key: string): Promise<void> {
  const [type, base64] = key.trim().split(/\s+/);
  if (type === undefined || base64 === undefined) throw new RangeError('A host key is "TYPE BASE64"');
  const known = await readHostKeys(file, address);
  if (known.some((entry) => entry.type === type && entry.base64 === base64)) return;
  const text = await readKnownHosts(file);
  const lead = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeAtomic(file, `${lead}${knownHostsName(address)} ${type} ${base64}\n`, 0o600);
}

/** Removes the whole file, or only the lines that name one host. */
export async function forgetHostKeys(file: string, address?: HostAddress): Promise<void> {
  if (address === undefined) {
    await rm(file, { force: true });
    return;
  }
  const text = await readKnownHosts(file);
  if (text === '') return;
  const name = knownHostsName(address);
  const kept = text.split('\n').filter((line) => !parseKnownHosts(line).some((entry) => namesHost(entry.hosts, name)));
  await writeAtomic(file, kept.join('\n'), 0o600);
}

/** The text of a known_hosts file after a machine was renamed: its lines get the new name, all others stay. */
export function renameHost(text: string, from: string, to: string): string {
  const [before, after] = [knownHostsName({ host: from }), knownHostsName({ host: to })];
  return text
    .split('\n')
    .map((line) => (line.startsWith(`${before} `) ? after + line.slice(before.length) : line))
    .join('\n');
}
