import { constants } from 'node:os';
import { ReadStream, WriteStream } from 'node:tty';

import type { ClientChannel, PseudoTtyOptions } from 'ssh2';

import { TsmachineError, errorText } from '../../base/errors.js';
import type { SshEndpoint } from '../../base/shell.js';

import { openConnection } from '../dial/connect.js';
import type { Connection } from '../dial/connection.js';
import type { SessionOptions } from './session-options.js';
import { sshTimeouts } from '../timeouts.js';

/**
 * A shell or one command over ssh2, connected to this program's streams; with a terminal on the host when there is one here.
 * @returns the remote exit status.
 */
export async function runNativeSession(endpoint: SshEndpoint, options: SessionOptions): Promise<number> {
  const { machine, knownHostsFile, io, signal, args } = options;
  const command = args.join(' ');
  if (args[0]?.startsWith('-') === true) {
    throw new TsmachineError('FLAG_INVALID', `"${machine}": the built-in SSH client does not accept ssh options such as ${args[0]}`, {
      hint: "Leave out --native-ssh, or install the system's ssh.",
    });
  }
  const connection = await openConnection(endpoint, {
    machine,
    knownHostsFile,
    io,
    signal,
    unknownHostKey: options.unknownHostKey ?? 'trust',
    builtInOnly: true,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  try {
    return await bind(connection, command, options);
  } finally {
    await connection.close();
  }
}

async function bind(connection: Connection, command: string, options: SessionOptions): Promise<number> {
  const stdin = options.stdin ?? process.stdin;
  const stdout = options.stdout ?? process.stdout;
  const stderr = options.stderr ?? process.stderr;
  const terminal = stdin instanceof ReadStream && stdin.isTTY ? stdin : undefined;
  const screen = stdout instanceof WriteStream ? stdout : undefined;
  // as ssh does: a shell gets a terminal if there is one, a command does not
  const withTerminal = command === '' && terminal !== undefined;
  const channel = await openSession(connection, command, withTerminal ? size(screen) : false);
  const onResize = (): void => {
    const { rows = 24, cols = 80 } = size(screen);
    channel.setWindow(rows, cols, 0, 0);
  };
  const onAbort = (): void => {
    channel.close();
  };
  // the terminal must leave raw mode, however this program ends
  const restore = (): void => {
    if (withTerminal) terminal.setRawMode(false);
  };
  if (withTerminal) {
    terminal.setRawMode(true);
    process.once('exit', restore);
    screen?.on('resize', onResize);
  }
  options.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await connection.link.guard<number>('a session was open', (resolve) => {
      stdin.pipe(channel);
      channel.pipe(stdout, { end: false });
      channel.stderr.pipe(stderr, { end: false });
      channel.on('error', () => undefined); // the host closed its end first: the exit status tells the rest
      const signals: Readonly<Record<string, number>> = constants.signals;
      channel.on('close', (code: number | null | undefined, name?: string) => {
        resolve(code ?? (name === undefined ? 255 : 128 + (signals[name] ?? 0)));
      });
    });
  } finally {
    restore();
    process.off('exit', restore);
    screen?.off('resize', onResize);
    options.signal.removeEventListener('abort', onAbort);
    stdin.unpipe(channel);
    if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
    stdin.pause();
  }
}

function size(screen: WriteStream | undefined): PseudoTtyOptions {
  return { term: process.env['TERM'] ?? 'xterm', rows: screen?.rows ?? 24, cols: screen?.columns ?? 80 };
}

/** The channel of a shell (empty command) or of one command. */
function openSession(connection: Connection, command: string, terminal: PseudoTtyOptions | false): Promise<ClientChannel> {
  return connection.link.guard<ClientChannel>(
    'opening a session',
    (resolve, reject) => {
      const done = (error: Error | undefined, channel: ClientChannel): void => {
        if (error) reject(new TsmachineError('REMOTE_COMMAND', `The host did not open a session: ${errorText(error)}`, { cause: error }));
        else resolve(channel);
      };
      if (command === '') connection.link.client.shell(terminal, done);
      else connection.link.client.exec(command, { pty: terminal }, done);
    },
    sshTimeouts.request,
  );
}
