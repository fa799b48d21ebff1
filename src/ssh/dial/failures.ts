import { TsmachineError, errorText, systemCode } from '../../base/errors.js';
import { say } from '../../base/text.js';

import { address, at, type Place } from './place.js';
import { quote } from '../../base/quote.js';

/** Errors a host that is still booting shows: waiting may help. Everything else stays as it is. */
export function mayPass(error: unknown): boolean {
  return TsmachineError.is(error) && ['SSH_REFUSED', 'SSH_TIMEOUT', 'SSH_UNREACHABLE'].includes(error.code);
}

/** No TCP connection came about. */
export function dialFailure(place: Place, error: unknown): TsmachineError {
  const details = (hint: string) => ({ hint, cause: error });
  const code = systemCode(error);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_NONAME':
      return new TsmachineError(
        'SSH_DNS',
        `${at(place)} cannot be reached over SSH: there is no host named ${place.host}`,
        details('Check the name, or give the address instead.'),
      );
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return new TsmachineError(
        'SSH_DNS',
        `${at(place)} cannot be reached over SSH: the name ${place.host} could not be looked up`,
        details("The DNS server did not answer: check this computer's network."),
      );
    case 'ECONNREFUSED':
      return new TsmachineError(
        'SSH_REFUSED',
        `${at(place)} refuses SSH connections`,
        details(`Is the machine up, and does its SSH server listen on port ${place.port}?`),
      );
    case 'ETIMEDOUT':
      return silent(place, 'does not answer', error);
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return new TsmachineError(
        'SSH_UNREACHABLE',
        `${at(place)} cannot be reached over SSH: ${code.startsWith('ENET') ? 'no network leads to it' : 'no route to the host'}`,
        details("Check that the machine is running, its address, and this computer's network or VPN."),
      );
    case 'ECONNRESET':
    case 'EPIPE':
      return dropped(place, '', error);
    default:
      return new TsmachineError('SSH_UNREACHABLE', `${at(place)} cannot be reached over SSH: ${errorText(error)}`, { cause: error });
  }
}

/** Silence: no TCP answer, or a listener that never speaks. */
export function silent(place: Place, what: string, cause?: unknown): TsmachineError {
  return new TsmachineError('SSH_TIMEOUT', `${at(place)} ${what}`, {
    hint: `Check that the machine is running, its address, and that no firewall blocks port ${place.port}.`,
    cause,
  });
}

/** The other side hung up before it proved to be an SSH server; `said` is what came before. */
export function dropped(place: Place, said: string, cause?: unknown): TsmachineError {
  const words = printable(said);
  if (/^HTTP\/|^<|^\d{3}[ -]|^[A-Z]+ /.test(words) && !/maxstartups|not allowed at this time/i.test(words))
    return notSsh(place, said, cause);
  return new TsmachineError(
    'SSH_REFUSED',
    `${at(place)} closed the connection before the SSH handshake${words === '' ? '' : `: ${words}`}`,
    {
      hint:
        'Its SSH server is starting, has too many connections (MaxStartups), ' +
        'or bans this address for a while (PerSourcePenalties, fail2ban).',
      cause,
    },
  );
}

/** Something else listens on the port. */
export function notSsh(place: Place, said: string, cause?: unknown): TsmachineError {
  const words = printable(said);
  return new TsmachineError('SSH_PROTOCOL', `${at(place)} is not an SSH server${words === '' ? '' : `: it said "${words}"`}`, {
    hint: `Something else listens on port ${place.port}; give the port of the SSH server.`,
    cause,
  });
}

export function handshakeFailure(place: Place, error: unknown): TsmachineError {
  const text = errorText(error);
  return new TsmachineError('SSH_PROTOCOL', say`${at(place)}: the SSH handshake failed: ${text}`, {
    hint: /no matching/i.test(text)
      ? 'Its SSH server offers only old algorithms: update it.'
      : `Look closer with: ssh -v -p ${place.port} ${quote(`${place.user}@${place.host}`)}`,
    cause: error,
  });
}

export interface Login {
  /** The keys the server was offered, as a person would name them. */
  readonly tried: readonly string[];
  /** The login methods the server named. */
  readonly accepts: readonly string[];
  readonly partial: boolean;
  /** What the server said when it hung up. */
  readonly said?: string | undefined;
  readonly keyPath: string | undefined;
}

export function loginFailure(place: Place, login: Login, cause?: unknown): TsmachineError {
  const { tried, accepts, said } = login;
  const who = `${place.user}@${address(place)}`;
  const parts = [`${place.isJump ? `${at(place)}: ` : `"${place.machine}": `}${who} refuses the login`];
  parts.push(tried.length === 0 ? 'there was no key to offer' : `offered: ${tried.join(', ')}`);
  if (accepts.length > 0) parts.push(`it accepts: ${accepts.join(', ')}`);
  if (said !== undefined && said !== '') parts.push(printable(said));
  return new TsmachineError('SSH_AUTH', parts.join('; '), { hint: loginHint(place, login), cause });
}

function loginHint(place: Place, { tried, accepts, said, partial, keyPath }: Login): string {
  if (said !== undefined && /too many authentication failures/i.test(said))
    return 'The server counted too many wrong keys: name the right one with a key flag, so that only that one is offered.';
  if (partial) return `The key was taken, but the server asks for ${accepts.join(' or ')} as well, which tsmachine cannot give.`;
  if (accepts.length > 0 && !accepts.includes('publickey'))
    return 'The server takes no keys: set "PubkeyAuthentication yes" in its sshd_config.';
  if (tried.length === 0) return 'Make a key with ssh-keygen -t ed25519, or start an agent and ssh-add one, or name one with a key flag.';
  const key = keyPath === undefined ? [] : ['-i', keyPath];
  const copy = quote('ssh-copy-id', ...key, '-p', String(place.port), `${place.user}@${place.host}`);
  return `Check the user name, and that the public key is in the user's ~/.ssh/authorized_keys: ${copy}`;
}

/** The connection broke after the login. */
export function lost(place: Place, during: string, cause?: unknown): TsmachineError {
  return new TsmachineError('SSH_LOST', `${at(place)}: the host went away while ${during}`, {
    hint: 'It may be rebooting, or the network broke. Once it answers again, run the same command again.',
    cause,
  });
}

/** One harmless line of what a stranger sent. */
function printable(text: string): string {
  return (
    text
      .split(/\r?\n/)
      .map((line) => line.replace(/[\x00-\x1f\x7f-\uffff]/g, '').trim())
      .find((line) => line !== '')
      ?.slice(0, 120) ?? ''
  );
}
