import { createPrivateKey } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import type { ParsedKey } from 'ssh2';

import { TsmachineError, systemCode } from '../../base/errors.js';
import { readIfExists } from '../../system/files/atomic.js';

import { loadSsh2 } from '../dial/ssh2.js';
import { quote } from '../../base/quote.js';

/** A private key file that passed every check that does not need its passphrase. */
export interface KeyFile {
  readonly path: string;
  readonly encrypted: boolean;
  /** Only the public half is in the file: the agent must hold the private one. */
  readonly agentOnly: boolean;
  /** The public half; undefined when it cannot be read without the passphrase (an encrypted PEM file without a `.pub` beside it). */
  readonly public: ParsedKey | undefined;
  /** The usable key. @throws TsmachineError SSH_KEY_PASSPHRASE when the passphrase is wrong. */
  open(passphrase?: string): ParsedKey;
}

/**
 * Reads and checks a private key file: it must exist, be readable, be closed to other users and really be a private key.
 * @throws TsmachineError SSH_KEY_MISSING, SSH_KEY_UNREADABLE, SSH_KEY_TOO_OPEN.
 */
export async function readKeyFile(path: string, platform: NodeJS.Platform = process.platform): Promise<KeyFile> {
  const text = await readChecked(path, platform);
  const { utils } = await loadSsh2();
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(text) || text.includes('BEGIN SSH2 PUBLIC KEY') || text.includes('BEGIN PUBLIC KEY')) {
    throw unreadable(
      path,
      'is a public key',
      path.endsWith('.pub') ? `Name the private key: ${path.slice(0, -4)}` : 'Name the private key, without .pub.',
    );
  }
  if (!/^(-----BEGIN ([A-Z]+ )*PRIVATE KEY-----|PuTTY-User-Key-File-)/m.test(text)) {
    throw unreadable(path, 'is not a private key', 'Give a private key in OpenSSH or PEM format, as ssh-keygen writes them.');
  }
  const encrypted = isEncrypted(text);
  const parse = (passphrase?: string): ParsedKey => {
    const key = utils.parseKey(fromPkcs8(text, passphrase) ?? text, passphrase);
    const parsed = Array.isArray(key) ? (key[0] as ParsedKey) : key;
    if (!(parsed instanceof Error)) return parsed;
    if (passphrase !== undefined) {
      throw new TsmachineError('SSH_KEY_PASSPHRASE', `The passphrase of the SSH key ${path} is wrong`, {
        hint: `To try it: ssh-keygen -y -f ${quote(path)}`,
        cause: parsed,
      });
    }
    throw unreadable(path, `cannot be used: ${parsed.message}`, `To inspect it: ssh-keygen -l -f ${quote(path)}`, parsed);
  };
  if (!encrypted) {
    const key = parse();
    return { path, encrypted, agentOnly: false, public: key, open: () => key };
  }
  const header = publicFromHeader(text) ?? (await readFile(`${path}.pub`).catch(() => undefined));
  const half = header === undefined ? undefined : utils.parseKey(header);
  return { path, encrypted, agentOnly: false, public: half instanceof Error ? undefined : half, open: parse };
}

/** `IdentityFile` may name a public key whose private half only the agent has: reads `path` or `path.pub` as such a key. */
export async function publicKeyFile(path: string): Promise<KeyFile | undefined> {
  const { utils } = await loadSsh2();
  for (const name of [path, `${path}.pub`]) {
    const text = await readIfExists(name).catch(() => undefined);
    const key = text === undefined ? undefined : utils.parseKey(text);
    if (key === undefined || key instanceof Error || key.isPrivateKey()) continue;
    const open = (): ParsedKey => {
      throw unreadable(name, 'is a public key', 'Load its private half into the agent with ssh-add.');
    };
    return { path: name, encrypted: true, agentOnly: true, public: key, open };
  }
  return undefined;
}

async function readChecked(path: string, platform: NodeJS.Platform): Promise<string> {
  try {
    const about = await stat(path);
    if (!about.isFile()) throw unreadable(path, 'is not a file', 'Give the path of a private key file.');
    if (platform !== 'win32' && (about.mode & 0o077) !== 0) {
      const mode = (about.mode & 0o777).toString(8).padStart(4, '0');
      throw new TsmachineError('SSH_KEY_TOO_OPEN', `The SSH key ${path} can be read by others (permissions ${mode} are too open)`, {
        hint: `chmod 600 ${quote(path)}`,
      });
    }
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new TsmachineError('SSH_KEY_MISSING', `There is no SSH key ${path}`, {
        hint: 'Check the path, or create a key with ssh-keygen -t ed25519.',
        cause: error,
      });
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw unreadable(path, 'cannot be read: permission denied', `Run as its owner: ls -l ${quote(path)}`, error);
    }
    throw TsmachineError.from(error, 'SSH_KEY_UNREADABLE', `The SSH key ${path} cannot be read: `);
  }
}

function unreadable(path: string, why: string, hint: string, cause?: unknown): TsmachineError {
  return new TsmachineError('SSH_KEY_UNREADABLE', `The SSH key ${path} ${why}`, { hint, cause });
}

function isEncrypted(text: string): boolean {
  if (text.includes('BEGIN OPENSSH PRIVATE KEY')) return (openSshHeader(text)?.cipher ?? 'none') !== 'none';
  if (text.startsWith('PuTTY-User-Key-File-')) return !/^Encryption: none$/m.test(text);
  return /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
}

/** OpenSSH's format has the public half unencrypted in its header (openssh PROTOCOL.key). */
function publicFromHeader(text: string): Buffer | undefined {
  return openSshHeader(text)?.public;
}

function openSshHeader(text: string): { cipher: string; public: Buffer } | undefined {
  const body = /BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const data = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0';
  if (!data.subarray(0, magic.length).equals(Buffer.from(magic))) return undefined;
  let position = magic.length;
  const next = (): Buffer => {
    const start = position + 4;
    position = start + data.readUInt32BE(position);
    return data.subarray(start, position);
  };
  try {
    const cipher = next().toString('latin1');
    next();
    next();
    position += 4;
    return { cipher, public: next() };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Converts PKCS#8, which ssh reads and ssh2 does not, to the older PEM that both read. */
function fromPkcs8(text: string, passphrase: string | undefined): string | undefined {
  if (!/^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return undefined;
  try {
    const key = createPrivateKey(passphrase === undefined ? text : { key: text, passphrase });
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    return key.asymmetricKeyType === 'ec' ? key.export({ type: 'sec1', format: 'pem' }).toString() : undefined;
  } catch {
    return undefined; // ssh2 then gets the text as it is and refuses it, with an error that names the file
  }
}
