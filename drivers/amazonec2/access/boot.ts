import { createPublicKey, type JsonWebKey } from 'node:crypto';

import { TsmachineError } from '../../../src/base/errors.js';
import { publicKeyOf } from '../../../src/base/guest.js';
import { quote } from '../../../src/base/quote.js';
import type { BootDataRequest, DriverContext } from '../../../src/driver/contract.js';
import { enginePackages } from '../../../src/guest/user-data.js';
import type { Config } from '../config.js';

/** Bytes of user data that EC2 takes, before base64 (docs.aws.amazon.com/AWSEC2/latest/UserGuide: Run commands when you launch). */
const userDataLimit = 16_384;

type World = Pick<DriverContext, 'bootData' | 'files'>;

/**
 * The user data of a new instance, in base64, with the user's own file in it. The core makes the host key anew that it contains. The login
 * must be known by now.
 * @throws TsmachineError FLAG_INVALID, FLAG_MISSING when the user's files are not there, nothing that cloud-init takes, or too large
 */
export async function userDataOf(config: Config, ctx: World): Promise<string> {
  const { bytes } = await ctx.bootData(await requestOf(config, ctx));
  return bytes.toString('base64');
}

/** Refuses what `userDataOf` would, before anything is made. @throws as that */
export async function checkUserData(config: Config, ctx: World): Promise<void> {
  const request = await requestOf(config, ctx);
  try {
    await ctx.bootData({ ...request, trial: true });
  } catch (error) {
    if (!TsmachineError.is(error) || config.userDataFile === '') throw error;
    throw new TsmachineError(error.code, `--amazonec2-userdata ${config.userDataFile}: ${error.message}`, {
      cause: error.cause,
      hint: error.hint,
    });
  }
}

async function requestOf(config: Config, ctx: World): Promise<BootDataRequest> {
  const [userData, authorizedKeys] = await Promise.all([fileOf(config, ctx), keysOf(config, ctx)]);
  return {
    datasource: 'Ec2',
    user: config.sshUser || 'ubuntu',
    limit: userDataLimit,
    measured: 'raw',
    gzip: true,
    ...(userData ? { userData } : {}),
    ...(authorizedKeys ? { authorizedKeys } : {}),
    ...(config.own.engineAtBoot ? { packages: enginePackages } : {}),
  };
}

async function fileOf({ userDataFile: path }: Config, { files }: World): Promise<Buffer | undefined> {
  if (path === '') return undefined;
  const bytes = await files.readBytes(path);
  if (bytes) return bytes;
  throw new TsmachineError('FLAG_INVALID', `There is no file ${path} (--amazonec2-userdata)`);
}

/** The public half of the user's own key, also where EC2 knows it: what it hands over is for the image's login alone. */
async function keysOf({ sshPrivateKeyPath: path }: Config, { files }: World): Promise<string[] | undefined> {
  if (path === '') return undefined;
  const [publicText, privateText] = await Promise.all([files.read(publicKeyOf(path)), files.read(path)]);
  if (privateText === undefined) throw new TsmachineError('FLAG_INVALID', `There is no file ${path} (--amazonec2-ssh-keypath)`);
  const key = publicLine(publicText ?? '') ?? publicHalf(privateText) ?? rsaHalf(privateText);
  if (key !== undefined) return [key];
  throw new TsmachineError('FLAG_INVALID', `The public half of ${path} (--amazonec2-ssh-keypath) is not known`, {
    hint: `Write it beside the key: ssh-keygen -y -f ${quote(path)} >${quote(publicKeyOf(path))}`,
  });
}

function publicLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => /^(ssh|ecdsa|sk)-\S+ AAAA\S+/.test(line));
}

/** OpenSSH's own format has the public half in clear, also of a key with a passphrase (PROTOCOL.key in OpenSSH's sources). */
function publicHalf(text: string): string | undefined {
  const [, body] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text) ?? [];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const next = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    const field = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return field;
  };
  for (const _field of ['cipher', 'derivation', 'its options']) next();
  at += 4; // the number of keys: always one
  const blob = next();
  const type = blob.length > 4 ? blob.toString('latin1', 4, 4 + Math.min(64, blob.readUInt32BE(0))) : '';
  return /^(ssh|ecdsa|sk)-[\w@.-]+$/.test(type) ? `${type} ${blob.toString('base64')}` : undefined;
}

/** Of the PEM files that EC2 hands out. One with a passphrase cannot be read. */
function rsaHalf(text: string): string | undefined {
  if (!/^-----BEGIN (RSA )?PRIVATE KEY-----/m.test(text) || text.includes('ENCRYPTED')) return undefined;
  let jwk: JsonWebKey;
  try {
    jwk = createPublicKey(text).export({ format: 'jwk' });
  } catch {
    return undefined; // a damaged file: the caller says what to do
  }
  if (jwk.kty !== 'RSA') return undefined;
  const numbers = [jwk.e, jwk.n].map((word) => Buffer.from(word ?? '', 'base64url'));
  // a leading zero keeps a number positive (RFC 4251: mpint)
  const fields = [
    Buffer.from('ssh-rsa'),
    ...numbers.map((bytes) => ((bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]))),
  ];
  const blob = Buffer.concat(fields.flatMap((field) => [lengthOf(field), field]));
  return `ssh-rsa ${blob.toString('base64')}`;
}

function lengthOf(field: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return length;
}
