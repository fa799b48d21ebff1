import { type ScryptOptions, createCipheriv, createDecipheriv, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

import { TsmachineError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';

/** What guessing a passphrase costs: scrypt's N, r and p (RFC 7914). */
export interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and about half a second for each guess. */
const defaultCost: Cost = { N: 2 ** 17, r: 8, p: 1 };
/** The most that a header may ask for, because it is read before it can be verified: bytes of memory, and N·r·p. Our own take half. */
const most = { memory: 2 ** 27 + 2 ** 20, work: 2 ** 21 };
const tagLength = 16;
const magic = 'tsmachine-export-encrypted';
const version = 1;

interface Header extends Cost {
  readonly salt: Buffer;
  readonly iv: Buffer;
  /** The half of the derived bytes that is not the key. It distinguishes a wrong passphrase from a damaged file. */
  readonly check: Buffer;
  /** Of the content, in bytes. */
  readonly size: number;
}

export function isEncrypted(bytes: Buffer): boolean {
  return bytes.subarray(0, magic.length).toString('latin1') === magic;
}

/** Two header lines (name and version; parameters as JSON), the content encrypted by AES-256-GCM, and its tag, which covers the header. */
export async function encrypt(content: Buffer, passphrase: string, cost: Cost = defaultCost): Promise<Buffer> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const { key, check } = await derive(passphrase, salt, cost);
  const texts = { salt: salt.toString('base64'), iv: iv.toString('base64'), check: check.toString('base64') };
  const parameters = { kdf: 'scrypt', ...cost, cipher: 'aes-256-gcm', ...texts, size: content.length };
  const head = Buffer.from(`${magic} ${version}\n${JSON.stringify(parameters)}\n`);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(head);
  return Buffer.concat([head, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/**
 * The content, verified to be what was written with this passphrase.
 * @throws TsmachineError ARCHIVE_PASSPHRASE for a wrong passphrase; ARCHIVE_INVALID for a changed or truncated file, or one of a newer
 * version
 */
export async function decrypt(bytes: Buffer, passphrase: string): Promise<Buffer> {
  const { head, header } = readHeader(bytes);
  const end = head.length + header.size + tagLength;
  if (bytes.length !== end) throw damaged(bytes.length < end ? 'it is truncated' : 'something was added to it');
  const { key, check } = await derive(passphrase, header.salt, header);
  if (check.length !== header.check.length || !timingSafeEqual(check, header.check)) {
    throw new TsmachineError('ARCHIVE_PASSPHRASE', 'The passphrase does not open this export', { hint: 'Nothing was imported' });
  }
  const decipher = createDecipheriv('aes-256-gcm', key, header.iv, { authTagLength: tagLength })
    .setAAD(head)
    .setAuthTag(bytes.subarray(-tagLength));
  const content = decipher.update(bytes.subarray(head.length, -tagLength));
  try {
    return Buffer.concat([content, decipher.final()]);
  } catch (error) {
    throw damaged('it was changed after it was written', error);
  }
}

function readHeader(bytes: Buffer): { head: Buffer; header: Header } {
  const first = bytes.indexOf('\n');
  const second = bytes.indexOf('\n', first + 1);
  if (first < 0 || second < 0) throw damaged('it is truncated');
  const line = bytes.subarray(0, first).toString('latin1');
  if (line !== `${magic} ${version}`) {
    throw new TsmachineError(
      'ARCHIVE_INVALID',
      `The export has a format that this version does not know: ${JSON.stringify(line.slice(0, 60))}`,
      {
        hint: 'Import it with a version of tsmachine as new as the one that wrote it',
      },
    );
  }
  return { head: bytes.subarray(0, second + 1), header: parseHeader(bytes.subarray(first + 1, second).toString('utf8')) };
}

function parseHeader(text: string): Header {
  const value = parse(text);
  const number = (name: string, most: number) => {
    const found = value[name];
    if (typeof found === 'number' && Number.isInteger(found) && found > 0 && found <= most) return found;
    throw damaged('its header was changed');
  };
  const bytes = (name: string, length: number) => {
    const text = value[name];
    const found = Buffer.from(typeof text === 'string' ? text : '', 'base64');
    if (found.length === length) return found;
    throw damaged('its header was changed');
  };
  const header = {
    N: number('N', 2 ** 24),
    r: number('r', 64),
    p: number('p', 64),
    size: number('size', 2 ** 40),
    salt: bytes('salt', 16),
    iv: bytes('iv', 12),
    check: bytes('check', 32),
  };
  if (header.N < 2 || (header.N & (header.N - 1)) !== 0) throw damaged('its header was changed');
  if (memoryOf(header) > most.memory || header.N * header.r * header.p > most.work) {
    throw damaged('its header asks for more memory or time than tsmachine takes to derive a key');
  }
  return header;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parseJson(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch (error) {
    throw damaged('its header was changed', error);
  }
  throw damaged('its header was changed');
}

function derive(passphrase: string, salt: Buffer, { N, r, p }: Cost): Promise<{ key: Buffer; check: Buffer }> {
  const options: ScryptOptions = { N, r, p, maxmem: 2 * memoryOf({ N, r, p }) };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 64, options, (error, bytes) => {
      if (error) reject(new TsmachineError('ARCHIVE_INVALID', `The export's key cannot be derived: ${error.message}`, { cause: error }));
      else resolve({ key: bytes.subarray(0, 32), check: bytes.subarray(32) });
    });
  });
}

function memoryOf({ N, r, p }: Cost): number {
  return 128 * r * (N + p);
}

function damaged(why: string, cause?: unknown): TsmachineError {
  return new TsmachineError('ARCHIVE_INVALID', `The export is damaged: ${why}`, {
    hint: 'Copy it again (in binary mode), or export once more. Nothing was imported',
    cause,
  });
}
