import { createHash, createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';

import { readIfExists, writeAtomic } from '../../system/files/atomic.js';

/** A host as `known_hosts` names it: `host`, or `[host]:port` for a port other than 22. */
export interface HostAddress {
  readonly host: string;
  readonly port?: number;
}

export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, ... */
  readonly type: string;
  /** The key itself, base64. */
  readonly base64: string;
}

export interface KnownHost extends HostKey {
  readonly marker: '@revoked' | '@cert-authority' | undefined;
  readonly hosts: string;
}

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

/** Reads the OpenSSH format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Lines that are not entries are skipped, as ssh does. */
export function parseKnownHosts(text: string): KnownHost[] {
  const entries: KnownHost[] = [];
  for (const line of text.split(/\r?\n/)) {
    const fields = line.trim().split(/\s+/);
    const first = fields[0] ?? '';
    if (first === '' || first.startsWith('#')) continue;
    const marker = first === '@revoked' || first === '@cert-authority' ? first : undefined;
    if (marker !== undefined) fields.shift();
    const [hosts, type, base64] = fields;
    if (hosts !== undefined && type !== undefined && base64 !== undefined) entries.push({ marker, hosts, type, base64 });
  }
  return entries;
}

/** Whether an entry's host field (list, wildcards, `!` or a hash) names this host. */
export function namesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) return matchesHash(hosts, name);
  let found = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!wildcard(negated ? pattern.slice(1) : pattern).test(name)) continue;
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

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

/** The entries of a file that name a host; none when there is no file. */
export async function findHostKeys(file: string, address: HostAddress): Promise<KnownHost[]> {
  const name = knownHostsName(address);
  return parseKnownHosts((await readIfExists(file)) ?? '').filter((entry) => namesHost(entry.hosts, name));
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
  const text = (await readIfExists(file)) ?? '';
  const lead = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeAtomic(file, `${lead}${knownHostsName(address)} ${type} ${base64}\n`, 0o600);
}

/** Removes the whole file, or only the lines that name one host. */
export async function forgetHostKeys(file: string, address?: HostAddress): Promise<void> {
  if (address === undefined) {
    await rm(file, { force: true });
    return;
  }
  const text = await readIfExists(file);
  if (text === undefined) return;
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
