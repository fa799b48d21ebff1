import type { ClientChannel } from 'ssh2';

import { TsmachineError } from '../../base/errors.js';
import type { Io } from '../../base/io.js';
import type { ExecResult, ScriptOptions } from '../../base/shell.js';

import { runOn } from './exec.js';
import { announce, commandLine, newMark } from './frame.js';
import { checkExitStatus } from './outcome.js';
import type { Link } from '../dial/link.js';
import { at } from '../dial/place.js';
import { quote } from '../../base/quote.js';

export interface RootOptions {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** The environment variable that may hold the sudo password. */
  readonly passwordEnv: string | undefined;
}

export interface RootRun extends ScriptOptions {
  readonly title: string;
}

const refusalStatus = 97;

/** What a call's own messages begin with; they all contain its mark, which no start-up file and no sudoers file can know. */
const refusal = (mark: string): string => `${mark}-no-root:`;
const prompt = (mark: string): string => `${mark}-password:`;
const ready = (mark: string): string => `${mark}-root-is-ready`;

/**
 * Becomes root and runs the script on standard input, in one command line. When a password is needed, it reports that instead.
 * `sudo` is tried with exactly the command that follows, because sudoers may allow only that one.
 */
const withoutPassword = (mark: string): string => `
if [ "$(id -u)" = 0 ]; then exec sh -s; fi
if command -v sudo >/dev/null 2>&1; then
  why=$(LC_ALL=C sudo -n sh -s </dev/null 2>&1) && exec sudo -n sh -s
  with=sudo
elif command -v doas >/dev/null 2>&1; then
  why=$(doas -n sh -s </dev/null 2>&1) && exec doas -n sh -s
  with=doas
else
  why= with=none
fi
printf "%s\\n" "${refusal(mark)}$with" "$why" >&2
exit ${refusalStatus}`;

const withPassword = (mark: string): string =>
  `LC_ALL=C; export LC_ALL; exec sudo -S -p ${prompt(mark)} sh -c "echo ${ready(mark)}; exec sh -s"`;

/**
 * Runs scripts as root over one connection: as uid 0, with sudo or doas without a password, or with sudo and a password that is asked for
 * at most once.
 */
export class RootShell {
  readonly #link: Link;
  readonly #options: RootOptions;
  #password: string | undefined;

  constructor(link: Link, options: RootOptions) {
    this.#link = link;
    this.#options = options;
  }

  /**
   * @param script is sent to the root shell's standard input and never appears in an argument list.
   * @throws TsmachineError SUDO_REFUSED, SUDO_PASSWORD, REMOTE_COMMAND, SSH_LOST.
   */
  async run(script: string, options: RootRun): Promise<ExecResult> {
    if (options.endsHost !== true) return this.#run(script, options);
    try {
      return await this.#run(script, options);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (TsmachineError.is(error) && error.code === 'SSH_LOST') return { exitCode: 0, stdout: '', stderr: '' };
      throw error;
    }
  }

  async #run(script: string, options: RootRun): Promise<ExecResult> {
    if (this.#password !== undefined) return this.#runWithPassword(script, this.#password, options);
    const mark = newMark();
    const program = { line: commandLine(withoutPassword(mark)), input: `${announce(mark)}\n${script}`, mark };
    const ended = await runOn(this.#link, program, { ...options, signal: this.#options.signal });
    const [, refused] = ended.instead?.split(refusal(mark)) ?? [];
    if (refused === undefined) return checkExitStatus(this.#link.place, options, ended);
    const [means = 'none', ...words] = refused.trim().split('\n');
    const why = words.join('\n').trim();
    if (means === 'sudo' && /password|authentication is required/i.test(why)) {
      return this.#runWithPassword(script, await this.#findPassword(), options);
    }
    throw this.#refused(means, why);
  }

  async #runWithPassword(script: string, password: string, options: RootRun): Promise<ExecResult> {
    const mark = newMark();
    const state = { isRoot: false, asked: 0, before: '' };
    // The password is sent only when sudo asks for it, the script only once the shell runs as root: they cannot be mixed up.
    const dialogue = (channel: ClientChannel, text: string): void => {
      if (state.isRoot) return;
      state.before += text;
      if (state.before.includes(ready(mark))) {
        state.isRoot = true;
        channel.end(`${announce(mark)}\n${script}`);
      } else if (state.before.split(prompt(mark)).length - 1 > state.asked) {
        state.asked += 1;
        if (state.asked === 1) channel.write(`${password}\n`);
        else channel.end(); // sudo asks again: the password was wrong
      }
    };
    const program = { line: commandLine(withPassword(mark)), input: '', mark };
    const ended = await runOn(this.#link, program, { ...options, signal: this.#options.signal, dialogue });
    const { isRoot, asked, before } = state;
    if (isRoot) {
      this.#password = password;
      return checkExitStatus(this.#link.place, options, ended);
    }
    if (asked > 1 || /incorrect password|authentication (failed|attempt)/i.test(before)) throw this.#wrongPassword();
    throw this.#refused('sudo', before.replaceAll(prompt(mark), '').trim());
  }

  async #findPassword(): Promise<string> {
    const { user } = this.#link.place;
    const { io, env, passwordEnv } = this.#options;
    const fromEnv = passwordEnv === undefined ? undefined : env[passwordEnv];
    const password = fromEnv ?? (await io.secret(`sudo password of ${user} on ${at(this.#link.place)}: `));
    if (password !== undefined) return password;
    const remedy = passwordEnv === undefined ? 'Allow' : `Set ${passwordEnv} to the password, or allow`;
    throw new TsmachineError(
      'SUDO_PASSWORD',
      `${at(this.#link.place)}: ${user} needs a password for sudo, and there is no terminal to ask for it`,
      {
        hint: `${remedy} ${user} to use sudo without one: ${sudoersLine(user)}`,
      },
    );
  }

  #wrongPassword(): TsmachineError {
    const { user } = this.#link.place;
    const { env, passwordEnv } = this.#options;
    const source = passwordEnv !== undefined && env[passwordEnv] !== undefined ? `Check ${passwordEnv}` : 'Try again';
    return new TsmachineError('SUDO_PASSWORD', `${at(this.#link.place)}: sudo does not accept the password of ${user}`, {
      hint: `${source}, or allow ${user} to use sudo without a password: ${sudoersLine(user)}`,
    });
  }

  #refused(means: string, why: string): TsmachineError {
    const { user } = this.#link.place;
    const here = at(this.#link.place);
    if (means === 'none') {
      return new TsmachineError('SUDO_REFUSED', `${here}: ${user} is not root, and the host has neither sudo nor doas`, {
        hint: 'Log in as root, or install sudo on the host.',
      });
    }
    if (means === 'doas') {
      return new TsmachineError('SUDO_REFUSED', `${here}: doas does not let ${user} become root without a password: ${why}`, {
        hint: `On the host, as root: echo 'permit nopass ${user}' >> /etc/doas.conf`,
      });
    }
    const needsTty = /must have a tty|no tty present/i.test(why);
    return new TsmachineError('SUDO_REFUSED', `${here}: sudo does not let ${user} become root: ${why.split('\n').at(-1) ?? ''}`, {
      hint: needsTty
        ? `sudo requires a terminal there. On the host, as root: echo 'Defaults:${user} !requiretty' > /etc/sudoers.d/tsmachine-tty`
        : `On the host, as root: ${sudoersLine(user)}`,
    });
  }
}

function sudoersLine(user: string): string {
  return `echo ${quote(`${user} ALL=(ALL) NOPASSWD: ALL`)} > /etc/sudoers.d/tsmachine`;
}
