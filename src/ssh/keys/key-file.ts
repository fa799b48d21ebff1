import { createPrivateKey } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import type { ParsedKey } from 'ssh2';

import { TsmachineError, systemCode } from '../../base/errors.js';
import { readIfExists } from '../../system/files/atomic.js';

import { library } from '../dial/library.js';
import { quote } from '../../base/quote.js';

/** A private key file that passed every check which needs no passphrase. */
export interface KeyFile {
  readonly path: string;
  readonly encrypted: boolean;
  /** Only the public half is here: the agent must hold the other. */
  readonly agentOnly: boolean;
  /** The public half; undefined when only the passphrase would tell (encrypted PEM without a `.pub` beside it). */
  readonly public: ParsedKey | undefined;
  /** The usable key. @throws TsmachineError SSH_KEY_PASSPHRASE when the passphrase is wrong. */
  open(passphrase?: string): ParsedKey;
}

/**
 * Reads and checks a private key file: there, readable, closed to others, and really a private key.
 * @throws TsmachineError SSH_KEY_MISSING, SSH_KEY_UNREADABLE, SSH_KEY_TOO_OPEN.
 */
export async function readKeyFile(path: string, platform: NodeJS.Platform = process.platform): Promise<KeyFile> {
  const text = await readChecked(path, platform);
  const { utils } = await library();
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(text) || text.includes('BEGIN SSH2 PUBLIC KEY') || text.includes('BEGIN PUBLIC KEY')) {
    throw unreadable(
      path,
      'is a public key',
      path.endsWith('.pub') ? `Name the private key: ${path.slice(0, -4)}` : 'Name the private key, without .pub.',
    );
  }
  if (!/^(-----BEGIN ([A-Z]+ )*PRIVATE KEY-----|PuTTY-User-Key-File-)/m.test(text)) {
    throw unreadable(path, 'is not a private key', 'Give an OpenSSH or PEM private key, as ssh-keygen writes them.');
  }
  const encrypted = isEncrypted(text);
  const parse = (passphrase?: string): ParsedKey => {
    const key = utils.parseKey(fromPkcs8(text, passphrase) ?? text, passphrase);
    const parsed = Array.isArray(key) ? (key[0] as ParsedKey) : key;
    if (!(parsed instanceof Error)) return parsed;
    if (passphrase !== undefined) {
      throw new TsmachineError('SSH_KEY_PASSPHRASE', `The passphrase of the SSH key ${path} is wrong`, {
        hint: `Try it: ssh-keygen -y -f ${quote(path)}`,
        cause: parsed,
      });
    }
    throw unreadable(path, `cannot be used: ${parsed.message}`, `Look at it with: ssh-keygen -l -f ${quote(path)}`, parsed);
  };
  if (!encrypted) {
    const key = parse();
    return { path, encrypted, agentOnly: false, public: key, open: () => key };
  }
  const header = publicFromHeader(text) ?? (await readFile(`${path}.pub`).catch(() => undefined));
  const half = header === undefined ? undefined : utils.parseKey(header);
  return { path, encrypted, agentOnly: false, public: half instanceof Error ? undefined : half, open: parse };
}

/** `IdentityFile` may name a public key whose private half only the agent has: read as such, `path` itself or `path.pub`. */
export async function publicKeyFile(path: string): Promise<KeyFile | undefined> {
  const { utils } = await library();
  for (const name of [path, `${path}.pub`]) {
    const text = await readIfExists(name).catch(() => undefined);
    const key = text === undefined ? undefined : utils.parseKey(text);
    if (key === undefined || key instanceof Error || key.isPrivateKey()) continue;
    const open = (): ParsedKey => {
      throw unreadable(name, 'is a public key', 'Load its private half into the agent: ssh-add.');
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
        hint: 'Check the path, or make a key with ssh-keygen -t ed25519.',
        cause: error,
      });
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw unreadable(path, 'cannot be read: permission denied', `You need to be its owner: ls -l ${quote(path)}`, error);
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

/** The public half stands unencrypted at the head of OpenSSH's format (openssh PROTOCOL.key). */
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

/** PKCS#8, which ssh reads and ssh2 does not, turned into the older PEM both read. */
function fromPkcs8(text: string, passphrase: string | undefined): string | undefined {
  if (!/^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return undefined;
  try {
    const key = createPrivateKey(passphrase === undefined ? text : { key: text, passphrase });
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    return key.asymmetricKeyType === 'ec' ? key.export({ type: 'sec1', format: 'pem' }).toString() : undefined;
  } catch {
    return undefined; // ssh2 gets the text as it is and refuses it: that error names the file
  }
}
