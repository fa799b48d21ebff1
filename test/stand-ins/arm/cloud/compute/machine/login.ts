import { ArmError, invalidParameter, missing } from '../../../front/errors.js';
import { dig, list, text, type Json } from '../../../world/json.js';

const refused = new Set([
  'admin',
  'administrator',
  'root',
  'user',
  'user1',
  'test',
  'guest',
  'console',
  'owner',
  'server',
  'sys',
  'backup',
  'a',
  '1',
  '123',
]);

/** The login, the host name and what the guest reads. @throws ArmError InvalidParameter */
export function checkLogin(body: Json): void {
  const os = dig(body, 'properties.osProfile');
  if (os === undefined) throw missing('osProfile');
  const computer = text(os, 'computerName');
  if (computer === undefined) throw missing('osProfile.computerName');
  if (computer.length > 64 || !/^[A-Za-z0-9.-]+$/.test(computer) || /^[-.]|[-.]$/.test(computer)) {
    const rule =
      'cannot exceed 64 characters in length or contain the following characters: ` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : \' " , < > / ?.';
    throw invalidParameter(`Linux host name ${rule}`, 'computerName');
  }
  const user = text(os, 'adminUsername');
  if (user === undefined) throw missing('adminUsername');
  if (refused.has(user.toLowerCase()) || !/^[a-z_][a-z0-9_-]{0,63}$/i.test(user)) {
    const message = `The Admin Username specified is not allowed. For more information about disallowed usernames, see https://aka.ms/vmosprofile`;
    throw invalidParameter(message, 'adminUsername');
  }
  checkKeys(os, user);
  for (const document of ['osProfile.customData', 'userData']) checkDocument(body, document);
}

function checkKeys(os: unknown, user: string): void {
  const keys = list(os, 'linuxConfiguration.ssh.publicKeys');
  const noPassword = dig(os, 'linuxConfiguration.disablePasswordAuthentication') === true;
  const password = text(os, 'adminPassword');
  if (!noPassword && password === undefined) throw missing('adminPassword');
  if (noPassword && keys.length === 0) {
    throw invalidParameter(
      'Authentication using either SSH or by user name and password must be enabled in Linux profile.',
      'linuxConfiguration',
    );
  }
  const right = `/home/${user}/.ssh/authorized_keys`;
  for (const key of keys) {
    if (text(key, 'path') !== right) {
      const message = `Destination path for SSH public keys is currently limited to its default value ${right} due to a known issue in Linux provisioning agent.`;
      throw invalidParameter(message, 'linuxConfiguration.ssh.publicKeys.path');
    }
    if (!isKey(text(key, 'keyData') ?? '')) {
      throw invalidParameter(
        'The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.',
        'linuxConfiguration.ssh.publicKeys.keyData',
      );
    }
  }
}

/** RSA of at least 2048 bits, or Ed25519. */
function isKey(line: string): boolean {
  const [, kind = '', data = ''] = /^(ssh-rsa|ssh-ed25519) ([A-Za-z0-9+/]+={0,2})(?: .*)?\s*$/.exec(line) ?? [];
  const bytes = Buffer.from(data, 'base64');
  return kind === 'ssh-ed25519' ? bytes.length === 51 : kind === 'ssh-rsa' && bytes.length >= 270;
}

function checkDocument(body: Json, path: string): void {
  const document = text(body, `properties.${path}`);
  if (document === undefined) return;
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(document);
  if (isBase64 && document.length <= 87_380) return;
  const name = path.split('.').at(-1) ?? '';
  const message =
    name === 'customData'
      ? 'Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.'
      : 'User data must be in Base64 encoding and with a maximum length of 87380 characters.';
  throw new ArmError(400, 'InvalidParameter', message, { target: name });
}
