import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';

import type { ExecOptions, ExecResult, ScriptOptions, SshEndpoint } from '../../base/shell.js';
import { readTemplate } from '../../system/package.js';
import type { FileCalls } from '../../system/files/file-calls.js';

import { execOn } from '../run/exec.js';
import { framedCommand, framedScript } from '../run/frame.js';
import { titleOf } from '../run/outcome.js';
import type { Link } from './link.js';
import { quote } from '../../base/quote.js';
import { composeScript } from '../run/root-script.js';
import { RootShell } from '../run/root-shell.js';
import { openSftp } from '../run/sftp-calls.js';
import { streamOn, type RemoteStream } from '../run/stream.js';
import type { ConnectOptions, SshConnection } from '../types.js';

/** A machine's connection: the last of a chain of links. */
export class Connection implements SshConnection {
  readonly user: string;
  readonly #links: readonly Link[];
  /** The link to the machine itself. */
  readonly link: Link;
  readonly #signal: AbortSignal;
  readonly #root: RootShell;
  #sftp: Promise<FileCalls> | undefined;

  constructor(before: readonly Link[], link: Link, endpoint: SshEndpoint, options: ConnectOptions) {
    this.#links = [...before, link];
    this.link = link;
    this.#signal = options.signal;
    this.user = link.place.user;
    this.#root = new RootShell(link, {
      io: options.io,
      signal: options.signal,
      env: options.env ?? process.env,
      passwordEnv: endpoint.sudoPasswordEnv,
    });
  }

  get closed(): boolean {
    return this.link.closed;
  }

  exec(
    command: string,
    options: Pick<ExecOptions, 'input' | 'timeout' | 'ok' | 'onLine'> & { signal?: AbortSignal } = {},
  ): Promise<ExecResult> {
    const { input, ...rest } = options;
    return execOn(this.link, framedCommand(command, input), { signal: this.#signal, ...rest, title: titleOf(command) });
  }

  async script(
    template: string,
    variables: Readonly<Record<string, string>> = {},
    options: Pick<ExecOptions, 'timeout' | 'ok' | 'onLine'> = {},
  ): Promise<ExecResult> {
    const program = framedScript(composeScript(await readTemplate(template), variables));
    return execOn(this.link, program, { ...options, signal: this.#signal, title: `the script ${template}` });
  }

  stream(command: string): Promise<RemoteStream> {
    return streamOn(this.link, command, this.#signal);
  }

  sftp(): Promise<FileCalls> {
    this.#sftp ??= openSftp(this.link);
    return this.#sftp;
  }

  async rootScript(template: string, variables: Readonly<Record<string, string>> = {}, options: ScriptOptions = {}): Promise<ExecResult> {
    const script = composeScript(await readTemplate(template), variables);
    return this.#root.run(script, { ...options, title: `the script ${template}` });
  }

  async upload(path: string, content: Uint8Array | string, mode: number): Promise<void> {
    const part = `${path}.${randomBytes(6).toString('hex')}.part`;
    const [whole = '', half = ''] = [path, part].map((name) => quote(name.startsWith('-') ? `./${name}` : name));
    // the end of a broken connection is not distinguishable from the end of the content
    const isWhole = `[ "$(wc -c < ${half})" -eq ${Buffer.byteLength(content)} ]`;
    const write = `cat > ${half} && ${isWhole} && chmod ${mode.toString(8)} ${half} && mv -f ${half} ${whole}`;
    const program = framedCommand(`umask 077; ${write} || { status=$?; rm -f ${half}; exit $status; }`, content);
    await execOn(this.link, program, { signal: this.#signal, timeout: 600_000, title: `writing ${path}` });
  }

  forward(host: string, port: number): Promise<Duplex> {
    return this.link.guard<Duplex>(`opening a stream to ${host}:${port}`, (resolve, reject) => {
      this.link.client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
        if (error) reject(error);
        else resolve(channel);
      });
    });
  }

  async close(): Promise<void> {
    for (const link of [...this.#links].reverse()) await link.close();
  }
}
