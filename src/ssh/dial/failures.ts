import { TsmachineError, errorText, systemCode } from '../../base/errors.js';
import { say } from '../../base/text.js';

import { offerOf } from './offer.js';
import { address, at, type Place } from './place.js';
import { quote } from '../../base/quote.js';

/** Whether waiting may help: these are the errors of a host that is still booting. */
export function isTransient(error: unknown): boolean {
  return TsmachineError.is(error) && ['SSH_REFUSED', 'SSH_TIMEOUT', 'SSH_UNREACHABLE', 'SSH_NOLOGIN'].includes(error.code);
}

/** Whether the host itself says that it lets nobody in yet; it is then waited for, whoever made it. */
export function isBooting(error: unknown): boolean {
  return TsmachineError.is(error) && error.code === 'SSH_NOLOGIN';
}

/** The error when no TCP connection could be opened. */
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
      return noAnswer(place, 'does not answer', error);
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return new TsmachineError(
        'SSH_UNREACHABLE',
        `${at(place)} cannot be reached over SSH: ${code.startsWith('ENET') ? 'the network is unreachable' : 'no route to host'}`,
        details("Check that the machine is running, its address, and this computer's network or VPN."),
      );
    case 'ECONNRESET':
    case 'EPIPE':
      return dropped(place, '', error);
    default:
      return new TsmachineError('SSH_UNREACHABLE', `${at(place)} cannot be reached over SSH: ${errorText(error)}`, { cause: error });
  }
}

/** The error when nothing answers: no TCP connection, or a listener that never sends anything. */
export function noAnswer(place: Place, what: string, cause?: unknown): TsmachineError {
  return new TsmachineError('SSH_TIMEOUT', `${at(place)} ${what}`, {
    hint: `Check that the machine is running, its address, and that no firewall blocks port ${place.port}.`,
    cause,
  });
}

/** The error when the other side closed the connection before the SSH handshake; `said` is what it sent until then. */
export function dropped(place: Place, said: string, cause?: unknown): TsmachineError {
  const words = printable(said);
  if (/^HTTP\/|^<|^\d{3}[ -]|^[A-Z]+ /.test(words) && !/maxstartups|not allowed at this time/i.test(words))
    return notSsh(place, said, cause);
  return new TsmachineError(
    'SSH_REFUSED',
    `${at(place)} closed the connection before the SSH handshake${words === '' ? '' : `: ${words}`}`,
    {
      hint:
        'Its SSH server may be starting, may have too many connections (MaxStartups), ' +
        'or may be blocking this address for a while (PerSourcePenalties, fail2ban).',
      cause,
    },
  );
}

/** The error when something other than an SSH server listens on the port. */
export function notSsh(place: Place, said: string, cause?: unknown): TsmachineError {
  const words = printable(said);
  return new TsmachineError('SSH_PROTOCOL', `${at(place)} is not an SSH server${words === '' ? '' : `: it sent "${words}"`}`, {
    hint: `Something else listens on port ${place.port}. Give the port of the SSH server.`,
    cause,
  });
}

/**
 * The error of a handshake that failed. Where the two sides have no algorithm in common, that is a limit of the built-in client:
 * SSH_ALGORITHMS, and the system's ssh may do better.
 * @param received what the server sent, as latin1
 */
export function handshakeFailure(place: Place, error: unknown, received: string): TsmachineError {
  const text = errorText(error);
  const offer = offerOf(text, received);
  if (offer !== undefined) return new TsmachineError('SSH_ALGORITHMS', `${at(place)}: ${offer}`, { cause: error });
  return new TsmachineError('SSH_PROTOCOL', say`${at(place)}: the SSH handshake failed: ${text}`, {
    hint: `For details: ssh -v -p ${place.port} ${quote(`${place.user}@${place.host}`)}`,
    cause: error,
  });
}

export interface Login {
  /** The keys that were offered to the server, named for a person. */
  readonly tried: readonly string[];
  /** The login methods that the server accepts. */
  readonly accepts: readonly string[];
  readonly partial: boolean;
  /** What the server sent when it closed the connection. */
  readonly said?: string | undefined;
  /** The text for people that the server sent before it closed the connection without a reason; empty when there is none. */
  readonly banner: string;
  readonly keyPath: string | undefined;
}

export function loginFailure(place: Place, login: Login, cause?: unknown): TsmachineError {
  const { tried, accepts, said, banner } = login;
  if (/booting up|going down|not permitted to log in/i.test(banner)) {
    return new TsmachineError('SSH_NOLOGIN', `${at(place)} lets nobody but root log in now: ${printable(banner)}`, {
      hint: 'It is so while /run/nologin or /etc/nologin exists there. systemd removes the first one when the host has booted.',
      cause,
    });
  }
  const who = `${place.user}@${address(place)}`;
  const parts = [`${place.isJump ? `${at(place)}: ` : `"${place.machine}": `}${who} refuses the login`];
  parts.push(tried.length === 0 ? 'there was no key to offer' : `offered: ${tried.join(', ')}`);
  if (accepts.length > 0) parts.push(`it accepts: ${accepts.join(', ')}`);
  for (const words of [said ?? '', banner]) if (words !== '') parts.push(printable(words));
  return new TsmachineError('SSH_AUTH', parts.join('; '), { hint: loginHint(place, login), cause });
}

function loginHint(place: Place, { tried, accepts, said, banner, partial, keyPath }: Login): string {
  if (said !== undefined && /too many authentication failures/i.test(said))
    return 'The server refused after too many wrong keys. Name the right one with a key flag, so that only that key is offered.';
  if (banner !== '') return 'If that is why: it is the account that the host refuses, not the key. Look at the log of its SSH server.';
  if (partial) return `The key was accepted, but the server also asks for ${accepts.join(' or ')}, which tsmachine cannot provide.`;
  if (accepts.length > 0 && !accepts.includes('publickey'))
    return 'The server does not accept keys: set "PubkeyAuthentication yes" in its sshd_config.';
  if (tried.length === 0)
    return 'Create a key with ssh-keygen -t ed25519, add one to your agent with ssh-add, or name one with a key flag.';
  const key = keyPath === undefined ? [] : ['-i', keyPath];
  const copy = quote('ssh-copy-id', ...key, '-p', String(place.port), `${place.user}@${place.host}`);
  return `Check the user name, and that the public key is in the user's ~/.ssh/authorized_keys: ${copy}`;
}

/** The error when the connection broke after the login. */
export function connectionLost(place: Place, during: string, cause?: unknown): TsmachineError {
  return new TsmachineError('SSH_LOST', `${at(place)}: the connection was lost while ${during}`, {
    hint: 'The host may be rebooting, or the network failed. Run the same command again once the host answers.',
    cause,
  });
}

/** A host that lets us in, and then answers nothing. @param timeout milliseconds */
export function keptQuiet(place: Place, during: string, timeout: number): TsmachineError {
  return new TsmachineError('SSH_LOST', `${at(place)}: no answer within ${timeout / 1000} s while ${during}`, {
    hint: 'The host may be overloaded or stuck. Restart it, or try again later.',
  });
}

/** The first line of what an unknown server sent, without control characters. */
function printable(text: string): string {
  return (
    text
      .split(/\r?\n/)
      .map((line) => line.replace(/[\x00-\x1f\x7f-\uffff]/g, '').trim())
      .find((line) => line !== '')
      ?.slice(0, 120) ?? ''
  );
}
