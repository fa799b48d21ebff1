import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams, type StdioOptions } from 'node:child_process';

import type { ExecOptions, ExecResult } from '../../base/shell.js';
import { readTemplate } from '../../system/package.js';
import type { FileCalls } from '../../system/files/file-calls.js';

import { Collector, checkExitStatus, timeoutError, titleOf } from '../run/exec.js';
import { connectionLost } from '../dial/failures.js';
import type { Place } from '../dial/place.js';
import { quote } from '../../base/quote.js';
import { composeScript } from '../run/root-script.js';
import type { SharedLogin } from './shared-login.js';
import type { FileConnection, RemoteStream, SshConnection } from '../types.js';

type ShortOptions = Pick<ExecOptions, 'timeout' | 'ok' | 'onLine'>;

/** The exit status of ssh's own failures; a command may end with it too. */
const ownFailure = 255;
const complaintLimit = 4000;

/** A machine's connection through the system's ssh: every command is an ssh process that uses the shared login. */
export class SharedConnection implements FileConnection {
  readonly #login: SharedLogin;
  readonly #place: Place;
  readonly #signal: AbortSignal;
  readonly #connect: () => Promise<SshConnection>;
  #native: Promise<SshConnection> | undefined;

  /** @param connect logs in with the built-in client, for what only that one can do */
  constructor(login: SharedLogin, place: Place, signal: AbortSignal, connect: () => Promise<SshConnection>) {
    this.#login = login;
    this.#place = place;
    this.#signal = signal;
    this.#connect = connect;
  }

  async exec(
    command: string,
    { signal = this.#signal, ...options }: ShortOptions & Pick<ExecOptions, 'input'> & { signal?: AbortSignal } = {},
  ): Promise<ExecResult> {
    return this.#run(command, { ...options, signal, title: titleOf(command) });
  }

  async script(template: string, variables: Readonly<Record<string, string>> = {}, options: ShortOptions = {}): Promise<ExecResult> {
    const input = composeScript(await readTemplate(template), variables);
    return this.#run('exec sh -s', { ...options, input, signal: this.#signal, title: `the script ${template}` });
  }

  async #run(
    command: string,
    options: ShortOptions & Pick<ExecOptions, 'input'> & { readonly signal: AbortSignal; readonly title: string },
  ): Promise<ExecResult> {
    const { signal, title, timeout = 60_000 } = options;
    const child = this.#start(command, signal);
    const [stdout, stderr] = [new Collector(options.onLine), new Collector(options.onLine)];
    child.stdout.on('data', (data: Buffer) => {
      stdout.add(data);
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr.add(data);
    });
    child.stdin.end(options.input ?? '');
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort(timeoutError(this.#place, title, timeout, stderr.text()));
    }, timeout);
    const exitCode = await this.#end(child, AbortSignal.any([signal, limit.signal]), title).finally(() => {
      clearTimeout(timer);
    });
    return checkExitStatus(this.#place, options, { exitCode, stdout: stdout.text(), stderr: stderr.text(), status: { code: exitCode } });
  }

  async stream(command: string): Promise<RemoteStream> {
    const child = this.#start(command, this.#signal);
    const ended = this.#result(child, command);
    ended.catch(() => undefined); // reported where `ended` is awaited; a broken stream is noticed first
    return { stdin: child.stdin, stdout: child.stdout, ended };
  }

  async pass(command: string, { stdin, stdout }: { readonly stdin?: number; readonly stdout?: number }): RemoteStream['ended'] {
    this.#signal.throwIfAborted();
    const stdio: StdioOptions = [stdin ?? 'ignore', stdout ?? 'ignore', 'pipe'];
    return this.#result(spawn('ssh', this.#arguments(command), { ...this.#settings, stdio }), command);
  }

  async #result(child: ChildProcess, command: string): RemoteStream['ended'] {
    let stderr = '';
    child.stderr?.on('data', (data: Buffer) => {
      stderr = (stderr + data.toString()).slice(-complaintLimit);
    });
    const exitCode = await this.#end(child, this.#signal, titleOf(command));
    return { exitCode, stderr };
  }

  #start(command: string, signal: AbortSignal): ChildProcessWithoutNullStreams {
    signal.throwIfAborted();
    const child = spawn('ssh', this.#arguments(command), { ...this.#settings, stdio: 'pipe' });
    child.stdin.on('error', () => undefined); // the command closed its input early: its exit status gives the reason
    return child;
  }

  #arguments(command: string): string[] {
    return this.#login.commandArguments(`exec sh -c ${quote(command)}`);
  }

  /** In a process group of its own: this program decides what Ctrl-C ends. */
  get #settings(): { env: NodeJS.ProcessEnv; detached: boolean } {
    return { env: this.#login.env, detached: true };
  }

  /** The exit status, once the command has ended and all it wrote was read. */
  async #end(child: ChildProcess, signal: AbortSignal, title: string): Promise<number> {
    const abort = (): void => {
      stop(child);
    };
    signal.addEventListener('abort', abort, { once: true });
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve(code ?? ownFailure);
      });
    }).finally(() => {
      signal.removeEventListener('abort', abort);
    });
    signal.throwIfAborted();
    if (exitCode === ownFailure && !(await this.#login.alive())) throw connectionLost(this.#place, `running ${title}`);
    return exitCode;
  }

  async sftp(): Promise<FileCalls> {
    this.#native ??= this.#connect();
    return (await this.#native).sftp();
  }

  async close(): Promise<void> {
    const native = await this.#native?.catch(() => undefined); // the caller of `sftp` got the error
    await native?.close();
    await this.#login.close();
  }
}

/**
 * The shared login notices that the process is gone and closes its command's streams. On other signals ssh waits for the command to end.
 */
function stop(child: ChildProcess): void {
  child.kill('SIGKILL');
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
}
