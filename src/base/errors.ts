import { plain, say, type Text } from './text.js';

/** Whose doing an error is: it decides the tone of the message and whether a stack trace is worth keeping. */
export type Fault = 'user' | 'provider' | 'host' | 'internal';

interface Kind {
  readonly fault: Fault;
  /** Exit status of the command line: 1 failure, 2 usage, 3 failed pre-create check. */
  readonly exit: 1 | 2 | 3;
}

/** Every error code tsmachine can show. Codes are stable: scripts may test for them. */
export const errorTable = {
  // what was typed
  USAGE: { fault: 'user', exit: 2 },
  ARGUMENT_COUNT: { fault: 'user', exit: 2 },
  TEMPLATE: { fault: 'user', exit: 1 },
  NAME_INVALID: { fault: 'user', exit: 2 },
  FLAG_INVALID: { fault: 'user', exit: 2 },
  FLAG_MISSING: { fault: 'user', exit: 2 },
  DRIVER_UNKNOWN: { fault: 'user', exit: 2 },
  SHELL_UNKNOWN: { fault: 'user', exit: 1 },
  SHELL_FUNCTION_MISSING: { fault: 'user', exit: 1 },
  CANCELLED: { fault: 'user', exit: 1 },
  // the store
  MACHINE_EXISTS: { fault: 'user', exit: 1 },
  MACHINE_NOT_FOUND: { fault: 'user', exit: 1 },
  MACHINE_INCOMPLETE: { fault: 'user', exit: 1 },
  MACHINE_DIFFERS: { fault: 'user', exit: 1 },
  MACHINE_STATE: { fault: 'user', exit: 1 },
  NO_ACTIVE_MACHINE: { fault: 'user', exit: 1 },
  HOME_MISSING: { fault: 'user', exit: 1 },
  STORE_UNWRITABLE: { fault: 'user', exit: 1 },
  STORE_FULL: { fault: 'user', exit: 1 },
  STORE_LOCKED: { fault: 'user', exit: 1 },
  CONFIG_UNREADABLE: { fault: 'user', exit: 1 },
  CONFIG_FUTURE: { fault: 'user', exit: 1 },
  // certificates
  CA_EXPIRED: { fault: 'user', exit: 1 },
  CERT_EXPIRED: { fault: 'user', exit: 1 },
  CERT_UNREADABLE: { fault: 'user', exit: 1 },
  CERT_NOT_SERVED: { fault: 'host', exit: 1 },
  // exports of machines, docker's contexts
  ARCHIVE_INVALID: { fault: 'user', exit: 1 },
  ARCHIVE_PASSPHRASE: { fault: 'user', exit: 1 },
  CONTEXT_FOREIGN: { fault: 'user', exit: 1 },
  CONTEXT_NOT_FOUND: { fault: 'user', exit: 1 },
  // swarms
  SWARM_FILE: { fault: 'user', exit: 1 },
  SWARM_NOT_FOUND: { fault: 'user', exit: 1 },
  SWARM_EXISTS: { fault: 'user', exit: 1 },
  SWARM_STATE: { fault: 'user', exit: 1 },
  SWARM_FOREIGN: { fault: 'user', exit: 1 },
  SWARM_IMMUTABLE: { fault: 'user', exit: 1 },
  SWARM_LOCKED: { fault: 'user', exit: 1 },
  SWARM_QUORUM: { fault: 'host', exit: 1 },
  SWARM_JOIN: { fault: 'host', exit: 1 },
  // ssh
  SSH_KEY_MISSING: { fault: 'user', exit: 1 },
  SSH_KEY_UNREADABLE: { fault: 'user', exit: 1 },
  SSH_KEY_TOO_OPEN: { fault: 'user', exit: 1 },
  SSH_KEY_PASSPHRASE: { fault: 'user', exit: 1 },
  SSH_DNS: { fault: 'user', exit: 1 },
  SSH_REFUSED: { fault: 'host', exit: 1 },
  SSH_TIMEOUT: { fault: 'host', exit: 1 },
  SSH_UNREACHABLE: { fault: 'host', exit: 1 },
  SSH_HOST_KEY_CHANGED: { fault: 'host', exit: 1 },
  SSH_HOST_KEY_UNKNOWN: { fault: 'host', exit: 1 },
  SSH_AUTH: { fault: 'user', exit: 1 },
  SSH_NOLOGIN: { fault: 'host', exit: 1 },
  SSH_ALGORITHMS: { fault: 'user', exit: 1 },
  SSH_PROTOCOL: { fault: 'host', exit: 1 },
  SSH_LOST: { fault: 'host', exit: 1 },
  SUDO_REFUSED: { fault: 'host', exit: 1 },
  SUDO_PASSWORD: { fault: 'user', exit: 1 },
  REMOTE_COMMAND: { fault: 'host', exit: 1 },
  // copying
  COPY_SOURCE: { fault: 'user', exit: 1 },
  COPY_TARGET: { fault: 'user', exit: 1 },
  COPY_REFUSED: { fault: 'host', exit: 1 },
  DISK_FULL: { fault: 'user', exit: 1 },
  // the host and its engine
  OS_UNKNOWN: { fault: 'host', exit: 1 },
  HOST_DISK_FULL: { fault: 'host', exit: 1 },
  PACKAGE_LOCK: { fault: 'host', exit: 1 },
  ENGINE_INSTALL: { fault: 'host', exit: 1 },
  ENGINE_MISSING: { fault: 'host', exit: 1 },
  ENGINE_CONFIG: { fault: 'host', exit: 1 },
  ENGINE_START: { fault: 'host', exit: 1 },
  ENGINE_UNREACHABLE: { fault: 'host', exit: 1 },
  ENGINE_TLS: { fault: 'host', exit: 1 },
  ENGINE_API: { fault: 'host', exit: 1 },
  // drivers
  DRIVER_PACKAGE: { fault: 'user', exit: 1 },
  DRIVER_UNSUPPORTED: { fault: 'user', exit: 1 },
  DRIVER_PRECHECK: { fault: 'user', exit: 1 },
  DRIVER_FAILED: { fault: 'provider', exit: 1 },
  DRIVER_NO_POWER: { fault: 'user', exit: 1 },
  PROVIDER_BUSY: { fault: 'provider', exit: 1 },
  MACHINE_SHARED: { fault: 'user', exit: 1 },
  WAIT_TIMEOUT: { fault: 'provider', exit: 1 },
  // programs that speak Go's net/rpc
  RPC_PROTOCOL: { fault: 'provider', exit: 1 },
  RPC_FAILED: { fault: 'provider', exit: 1 },
  RPC_LOST: { fault: 'provider', exit: 1 },
  // this computer
  COMMAND_MISSING: { fault: 'user', exit: 1 },
  COMMAND_FAILED: { fault: 'internal', exit: 1 },
  DOWNLOAD: { fault: 'provider', exit: 1 },
  SEVERAL_FAILED: { fault: 'user', exit: 1 },
  INTERNAL: { fault: 'internal', exit: 1 },
} as const satisfies Record<string, Kind>;

export type ErrorCode = keyof typeof errorTable;

interface ErrorDetails {
  /** What to type or change next; shown on a line of its own. */
  readonly hint?: Text | undefined;
  readonly cause?: unknown;
  /** Overrides the table's exit status: a failed pre-create check exits with 3 whatever its code. */
  readonly exit?: number | undefined;
}

const brand = Symbol.for('tsmachine.error');

/** The one error class: a stable code, a message for people, and the next thing to do. */
export class TsmachineError extends Error {
  readonly [brand] = true;
  readonly code: ErrorCode;
  /** The message as data; `message` is the same for a program called tsmachine. */
  readonly text: Text;
  readonly hint: Text | undefined;
  readonly exit: number;

  constructor(code: ErrorCode, message: Text, details: ErrorDetails = {}) {
    super(plain(message), details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'TsmachineError';
    this.code = code;
    this.text = message;
    this.hint = details.hint;
    this.exit = details.exit ?? errorTable[code].exit;
  }

  get fault(): Fault {
    return errorTable[this.code].fault;
  }

  /** True for our errors from any copy of this module. */
  static is(error: unknown): error is TsmachineError {
    return typeof error === 'object' && error !== null && brand in error;
  }

  /** Wraps anything thrown; our own errors pass through unchanged. */
  static from(error: unknown, code: ErrorCode = 'INTERNAL', prefix = ''): TsmachineError {
    if (TsmachineError.is(error)) return error;
    return new TsmachineError(code, say`${prefix}${messageOf(error)}`, { cause: error });
  }
}

/** What to tell a person of anything that was thrown. */
export function messageOf(error: unknown): Text {
  return TsmachineError.is(error) ? error.text : errorText(error);
}

/** What a disk or a file system says by its error codes, in words for a person. */
const diskReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an I/O error',
  ESTALE: 'the network disk was replaced or is gone',
  EMFILE: 'too many files are open (ulimit -n)',
  ENFILE: 'too many files are open on this computer',
  ELOOP: 'it is a symbolic link that leads in circles',
  ENAMETOOLONG: 'the name is too long',
};

/** Why a file or folder cannot be read or written, in words for a person. */
export function whyUnusable(error: unknown): string {
  return diskReasons[systemCode(error) ?? ''] ?? errorText(error);
}

/** What Node or a library says of an error, as one string. A failed file call is told as its path and the reason. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('path' in error && 'syscall' in error) || String(error.syscall).startsWith('spawn')) return error.message;
  const reason = diskReasons[systemCode(error) ?? ''];
  return reason === undefined ? error.message : `${String(error.path)}: ${reason}`;
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
