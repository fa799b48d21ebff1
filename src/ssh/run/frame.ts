import { randomBytes } from 'node:crypto';

/** A program on its way to a host, and the mark that tells its output from what the login's start-up files print. */
export interface Program {
  /** What the login's shell is told to run. */
  readonly line: string;
  readonly input: string | Uint8Array;
  readonly mark: string;
}

/** Bytes that start-up files may print on one stream before the program begins. */
export const noiseLimit = 1 << 20;
/** Bytes of the noise that are kept for messages. */
const wordsKept = 4000;

/** Nobody can guess it, and it is another one for each program. */
export function newMark(): string {
  return `tsmachine-${randomBytes(16).toString('hex')}`;
}

/** The first command of a program: it prints the mark. Where a program's output goes straight to a file, only on standard error. */
export function announce(mark: string, { output = true } = {}): string {
  return `${output ? `echo ${mark}; ` : ''}echo ${mark} >&2`;
}

/** A short program, which may read standard input. It is in the argument list of `sh`, so it holds no secret. */
export function framedCommand(command: string, input: string | Uint8Array = '', { output = true } = {}): Program {
  const mark = newMark();
  return { line: commandLine(`${announce(mark, { output })}\n${command}`), input, mark };
}

/** A script for the standard input of `sh`. */
export function framedScript(script: string): Program {
  const mark = newMark();
  return { line: 'exec sh -s', input: `${announce(mark)}\n${script}`, mark };
}

/**
 * The command line that runs a program in `sh`, whatever the login's shell is. Every shell reads it before `sh` does: csh ends a quoted
 * word at a line break and replaces `!`, fish has its own escapes. So all that any of them might read otherwise is written in octal, as
 * printf of POSIX reads it.
 */
export function commandLine(program: string): string {
  const text = Array.from(Buffer.from(program), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9 _@%+:,./=;|&()<>{}[\]*?~#^-]/.test(character) ? character : `\\0${byte.toString(8).padStart(3, '0')}`;
  });
  return `exec sh -c 'eval "$(printf %b "${text.join('')}")"'`;
}

/** One stream of a program: what comes before its mark is what start-up files print, and what comes after it is the program's own. */
export class Frame {
  readonly #mark: Buffer;
  #held = Buffer.alloc(0);
  #bytes = 0;
  #started = false;

  constructor(mark: string) {
    this.#mark = Buffer.from(`${mark}\n`);
  }

  /** Whether the mark has come. */
  get started(): boolean {
    return this.#started;
  }

  /** Bytes that came before the mark. */
  get noise(): number {
    return this.#bytes;
  }

  /** The last of what came before the mark. */
  get words(): string {
    return this.#held.toString('utf8');
  }

  /** @returns what of this chunk is the program's own; undefined as long as the mark has not come */
  feed(data: Buffer): Buffer | undefined {
    if (this.#started) return data;
    const held = Buffer.concat([this.#held, data]);
    const at = held.indexOf(this.#mark);
    this.#started = at >= 0;
    const end = this.#started ? at : held.length;
    this.#bytes += end - this.#held.length;
    this.#held = held.subarray(Math.max(0, end - wordsKept), end);
    return this.#started ? held.subarray(at + this.#mark.length) : undefined;
  }
}
