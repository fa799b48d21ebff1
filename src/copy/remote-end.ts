import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import type { TsmachineError } from '../base/errors.js';
import type { Io } from '../base/io.js';
import { quote } from '../base/quote.js';
import type { RemoteStream, FileConnection } from '../ssh/types.js';
import type { FileCalls } from '../system/files/file-calls.js';
import { packFolder, unpackFolder } from '../system/files/tar.js';
import { newPart, type End, type PathInfo } from './end.js';
import { parsePathInfo, type RemotePathInfo } from './remote-path-info.js';
import { endless, refused, unreadable, unwritable } from './remote-failure.js';
import { passInto, writeFromStart } from './pass-into.js';
import { dashless, hardened, checkWrite, writeCommand, type CommandEnd } from './remote-write.js';

/** Milliseconds for removing what is incomplete after an interruption, and for the other short commands. */
const tidyTimeout = 10_000;
const shortTimeout = 120_000;
/** Bytes of a file that has no size. The system generates such files, and some of them never end. */
const unsizedLimit = 64 * 2 ** 20;

/**
 * A machine as one side of a copy, over one connection: files through `cat`, folders through `tar`, or through SFTP on hosts that have
 * no tar. Names reach the host as quoted words; nothing in them is expanded but by `expand`.
 */
export class RemoteEnd implements End {
  readonly #connection: FileConnection;
  readonly #machine: string;
  readonly #io: Io;
  #hasTar = true;
  readInto?: NonNullable<End['readInto']>;
  writeFrom?: NonNullable<End['writeFrom']>;

  constructor(connection: FileConnection, machine: string, io: Io) {
    this.#connection = connection;
    this.#machine = machine;
    this.#io = io;
    const pass = connection.pass?.bind(connection);
    if (pass === undefined) return;
    this.readInto = async (source, file) => {
      const { path, size } = source;
      if (connection.noisy !== true) {
        const end = await passInto(pass, readCommand(path), file, size);
        if (end !== undefined && end.exitCode !== 0) throw unreadable(machine, path, end.stderr);
        if ((await file.stat()).size === size) return;
      }
      // a stream is free of what start-up files print, and ends where the file ended when it was looked at
      await file.truncate(0);
      await writeFromStart(file, await this.readFile(path, size));
    };
    this.writeFrom = async (target, source, file) => {
      checkWrite(machine, target.path, await pass(writeCommand(target, source), { stdin: file.fd }));
    };
  }

  name(path: string): string {
    return `${path} on ${this.#machine}`;
  }

  leaf(path: string): string {
    const name = posix.basename(remotePath(path));
    return name === '' || name === '..' ? '.' : name;
  }

  async expand(path: string): Promise<string[]> {
    if (!/[*?[]/.test(path)) return [path];
    const { stdout } = await this.#connection.script('copy/expand.sh', { WHERE: remotePath(path) }, { timeout: shortTimeout });
    return stdout.split('\0').slice(0, -1);
  }

  async inspect(path: string, into = ''): Promise<RemotePathInfo> {
    const variables = { WHERE: remotePath(path), INTO: into === '.' ? '' : into };
    const { stdout } = await this.#connection.script('copy/inspect-path.sh', variables, { timeout: shortTimeout });
    const info = parsePathInfo(stdout);
    this.#hasTar = info.hasTar;
    return info;
  }

  async readFile(path: string, size: number): Promise<Readable> {
    const stream = await this.#connection.stream(readCommand(path));
    stream.stdin.end();
    const judge = ({ exitCode, stderr }: CommandEnd) => (exitCode === 0 ? undefined : unreadable(this.#machine, path, stderr));
    return size > 0 ? checkedOutput(stream, judge, size) : checkedOutput(stream, judge, unsizedLimit, endless(this.#machine, path));
  }

  async writeFile(target: PathInfo, source: PathInfo, content: Readable): Promise<void> {
    await this.#feed(writeCommand(target, source), target.path, content);
  }

  async readFolder(path: string): Promise<Readable> {
    if (!this.#hasTar) return packFolder(...(await this.#sftp(path)));
    const stream = await this.#connection.stream(`tar -cf - -C ${quote(path)} .`);
    stream.stdin.end();
    return checkedOutput(stream, ({ exitCode, stderr }) => {
      if (exitCode === 0) return undefined;
      // GNU tar packs what it finds of a file that grew or disappeared meanwhile
      if (exitCode === 1 && /file changed as we read it|File removed before/.test(stderr)) {
        this.#io.warn(`${this.name(path)} changed while it was copied: ${stderr.trim()}`);
        return undefined;
      }
      return unreadable(this.#machine, path, stderr);
    });
  }

  async writeFolder(target: PathInfo, source: PathInfo, content: Readable): Promise<void> {
    const path = target.path.replace(/(?<=.)\/+$/, '');
    const fresh = target.kind === 'none';
    const folder = fresh ? dashless(posix.join(posix.dirname(path), newPart())) : path;
    try {
      if (fresh) await this.#run(`mkdir -m 700 ${quote(folder)}`, path);
      await this.#unpack(folder, path, content, target);
      if (!fresh) return;
      const mode = source.mode.toString(8);
      const dated = `{ touch -d @${source.mtime} ${quote(folder)} 2>/dev/null || :; }`;
      await this.#run(`chmod ${mode} ${quote(folder)} && ${dated} && mv ${quote(folder, path)}`, path);
    } catch (error) {
      if (fresh) await this.#tidy(folder);
      else this.#io.warn(`${this.name(path)} is incomplete`);
      throw error;
    }
  }

  async #unpack(folder: string, path: string, content: Readable, target: PathInfo): Promise<void> {
    if (this.#hasTar) {
      // the stream's entry for the folder itself would change the mode of an existing one
      const after =
        target.kind === 'folder' ? `chmod ${target.mode.toString(8)} ${quote(folder)}` : `[ $status = 0 ] || rm -rf ${quote(folder)}`;
      // tar ends at the archive's end mark, but only the end of the stream says whether the source succeeded
      const rest = '[ $status != 0 ] || cat >/dev/null';
      const command = `${hardened}; ${lateFolders}; tar $late -xpof - -C ${quote(folder)}; status=$?; ${rest}; ${after}; exit $status`;
      await this.#feed(command, path, content);
      return;
    }
    const [absolute, calls] = await this.#sftp(folder);
    const unpacking = await unpackFolder(absolute, this.name(path), calls);
    await pipeline(content, unpacking.sink).catch((error: unknown) => {
      throw refused(this.#machine, path, error);
    });
    await unpacking.finish();
  }

  /** The absolute path, which SFTP needs, and the calls. */
  async #sftp(path: string): Promise<[string, FileCalls]> {
    const calls = await this.#connection.sftp();
    return [await promisify(calls.realpath)(path), calls];
  }

  /** Removes what is incomplete, also after an abort; it stays on a host that is no longer reachable. */
  async #tidy(path: string): Promise<void> {
    const tidied = this.#connection.exec(`rm -rf ${quote(path)}`, { timeout: tidyTimeout, signal: AbortSignal.timeout(tidyTimeout) });
    await tidied.catch(() => {
      this.#io.warn(`${this.name(path)} is incomplete and was left behind: remove it`);
    });
  }

  async total(path: string): Promise<number | undefined> {
    const { stdout } = await this.#connection.exec(`du -sk ${quote(path)} 2>/dev/null`, { ok: allStatuses });
    return (Number.parseInt(stdout, 10) || 0) * 1024 || undefined;
  }

  async #run(command: string, path: string): Promise<void> {
    const { exitCode, stderr } = await this.#connection.exec(command, { timeout: shortTimeout, ok: allStatuses });
    if (exitCode !== 0) throw unwritable(this.#machine, path, stderr);
  }

  /** Sends `content` to a command's standard input and waits for its exit status and stderr, which say more than a broken stream. */
  async #feed(command: string, path: string, content: Readable): Promise<void> {
    const stream = await this.#connection.stream(command);
    stream.stdout.resume();
    const sent = await pipeline(content, stream.stdin).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (sent !== undefined && content.errored !== null && isOwn(content.errored)) {
      await stream.ended.catch(() => undefined); // wait for the host to remove what is incomplete
      throw content.errored;
    }
    checkWrite(this.#machine, path, await stream.ended);
    if (sent !== undefined) throw sent.error;
  }
}

function readCommand(path: string): string {
  return `cat < ${quote(path)}`;
}

/** GNU tar sets a folder's mode and time as soon as the stream leaves it, unless told that the stream may return to it. */
const lateFolders = 'late=; if tar --version 2>/dev/null | grep -q GNU; then late=--delay-directory-restore; fi';
const allStatuses = Array.from({ length: 256 }, (_, status) => status);

/** A path for the host's commands: relative to the home folder, and never like a flag. */
export function remotePath(path: string): string {
  if (path === '' || path === '~') return '.';
  return dashless(path.startsWith('~/') ? `./${path.slice(2)}` : path);
}

/** Whether the source itself failed, not the writing to the target. */
function isOwn(error: Error): boolean {
  return !('code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE');
}

/**
 * A command's output, which ends with an error if the command fails.
 * @param most bytes; what comes after them is not read, and the command is let go
 * @param excess the error when there is more, if that is one
 */
function checkedOutput(
  { stdout, ended }: RemoteStream,
  judge: (end: CommandEnd) => TsmachineError | undefined,
  most = Infinity,
  excess?: TsmachineError,
): Readable {
  const checked = async function* (): AsyncGenerator<Buffer> {
    let left = most;
    for await (const data of stdout as AsyncIterable<Buffer>) {
      if (data.length > left) {
        if (excess !== undefined) throw excess;
        yield data.subarray(0, left);
        return;
      }
      left -= data.length;
      yield data;
    }
    const failure = judge(await ended);
    if (failure !== undefined) throw failure;
  };
  return Readable.from(checked(), { objectMode: false, highWaterMark: 1 << 20 });
}
