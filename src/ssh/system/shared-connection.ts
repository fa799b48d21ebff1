import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams, type StdioOptions } from 'node:child_process';

import type { ExecOptions, ExecResult } from '../../base/shell.js';
import { readTemplate } from '../../system/package.js';
import { reporting } from '../../system/calls.js';
import type { FileCalls } from '../../system/files/file-calls.js';

import { Collector, Complaint, insteadOf } from '../run/collector.js';
import { framedCommand, framedScript, noiseLimit, type Program } from '../run/frame.js';
import { checkExitStatus, endlessNoise, neverBegan, timeoutError, titleOf } from '../run/outcome.js';
import { connectionLost } from '../dial/failures.js';
import type { Place } from '../dial/place.js';
import { composeScript } from '../run/root-script.js';
import { framedStream } from '../run/stream.js';
import type { SharedLogin } from './shared-login.js';
import type { FileConnection, RemoteStream, SshConnection } from '../types.js';

type ShortOptions = Pick<ExecOptions, 'timeout' | 'ok' | 'onLine'>;

/** The exit status of ssh's own failures; a command may end with it too. */
const ownFailure = 255;

/** A machine's connection through the system's ssh: every command is an ssh process that uses the shared login. */
export class SharedConnection implements FileConnection {
  readonly #login: SharedLogin;
  readonly #place: Place;
  readonly #signal: AbortSignal;
  readonly #connect: () => Promise<SshConnection>;
  #native: Promise<SshConnection> | undefined;
  noisy = false;

  /** @param connect logs in with the built-in client, for what only that one can do */
  constructor(login: SharedLogin, place: Place, signal: AbortSignal, connect: () => Promise<SshConnection>) {
    this.#login = login;
    this.#place = place;
    this.#signal = signal;
    this.#connect = connect;
  }

  async exec(
    command: string,
    { signal = this.#signal, input, ...options }: ShortOptions & Pick<ExecOptions, 'input'> & { signal?: AbortSignal } = {},
  ): Promise<ExecResult> {
    return this.#run(framedCommand(command, input), { ...options, signal, title: titleOf(command) });
  }

  async script(template: string, variables: Readonly<Record<string, string>> = {}, options: ShortOptions = {}): Promise<ExecResult> {
    const program = framedScript(composeScript(await readTemplate(template), variables));
    return this.#run(program, { ...options, signal: this.#signal, title: `the script ${template}` });
  }

  async #run(
    { line, input, mark }: Program,
    options: ShortOptions & { readonly signal: AbortSignal; readonly title: string },
  ): Promise<ExecResult> {
    const { signal, title, onLine, timeout = 60_000 } = options;
    const limit = new AbortController();
    const child = this.#start(line, signal);
    const collect = () =>
      new Collector({
        mark,
        place: this.#place,
        title,
        onLine,
        onExcess: (error) => {
          limit.abort(error);
        },
      });
    const [stdout, stderr] = [collect(), collect()];
    child.stdout.on('data', (data: Buffer) => {
      stdout.add(data);
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr.add(data);
    });
    child.stdin.end(input);
    const timer = setTimeout(() => {
      limit.abort(timeoutError(this.#place, title, timeout, stderr.frame.started ? stderr.text() : stderr.frame.words));
    }, timeout);
    const exitCode = await this.#end(child, AbortSignal.any([signal, limit.signal]), title).finally(() => {
      clearTimeout(timer);
    });
    this.noisy ||= stdout.frame.noise > 0;
    const instead = insteadOf(stdout.frame, stderr.frame);
    const ended = { exitCode, stdout: stdout.text(), stderr: stderr.text(), status: { code: exitCode }, instead };
    return checkExitStatus(this.#place, options, ended);
  }

  async stream(command: string): Promise<RemoteStream> {
    const { line, mark } = framedCommand(command);
    const title = titleOf(command);
    const child = this.#start(line, this.#signal);
    const { stdin, stdout, stderr } = child;
    return framedStream(this.#place, {
      mark,
      title,
      stdin,
      stdout,
      stderr,
      exit: this.#end(child, this.#signal, title),
      stop: () => {
        stop(child);
      },
    });
  }

  async pass(
    command: string,
    { stdin, stdout, signal: own }: { readonly stdin?: number; readonly stdout?: number; readonly signal?: AbortSignal },
  ): RemoteStream['ended'] {
    this.#signal.throwIfAborted();
    const title = titleOf(command);
    const { line, mark } = framedCommand(command, '', { output: false });
    const stdio: StdioOptions = [stdin ?? 'ignore', stdout ?? 'ignore', 'pipe'];
    const child = spawn('ssh', this.#login.commandArguments(line), { ...this.#settings, stdio });
    const complaint = new Complaint(mark);
    const limit = new AbortController();
    child.stderr?.on('data', (data: Buffer) => {
      complaint.add(data);
      if (complaint.frame.noise > noiseLimit) limit.abort(endlessNoise(this.#place, title));
    });
    const signals = [this.#signal, limit.signal, ...(own === undefined ? [] : [own])];
    const exitCode = await this.#end(child, AbortSignal.any(signals), title);
    const instead = insteadOf(complaint.frame);
    if (instead !== undefined) throw neverBegan(this.#place, title, instead);
    return { exitCode, stderr: complaint.text() };
  }

  #start(line: string, signal: AbortSignal): ChildProcessWithoutNullStreams {
    signal.throwIfAborted();
    const child = spawn('ssh', this.#login.commandArguments(line), { ...this.#settings, stdio: 'pipe' });
    child.stdin.on('error', () => undefined); // the command closed its input early: its exit status gives the reason
    return child;
  }

  /** In a process group of its own: this program decides what Ctrl-C ends. */
  get #settings(): { env: NodeJS.ProcessEnv; detached: boolean } {
    return { env: this.#login.env, detached: true };
  }

  /** The exit status, once the command has ended and all it wrote was read. */
  #end(child: ChildProcess, signal: AbortSignal, title: string): Promise<number> {
    return reporting(
      `ssh: ${title}`,
      () => this.#ended(child, signal, title),
      (status) => `exit status ${status}`,
    );
  }

  async #ended(child: ChildProcess, signal: AbortSignal, title: string): Promise<number> {
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
