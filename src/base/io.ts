import { plain, say, type Text } from './text.js';

/**
 * All the engine may do to a person. The engine never prints, prompts or exits: it hands messages to an `Io`,
 * and whoever runs it (the command line, a test, another program) decides what becomes of them.
 */
export interface Io {
  /** A finished fact worth a line (`"m1" was started.`). */
  info(text: Text): void;
  warn(text: Text): void;
  /** Shown only with --debug. Never holds a secret. */
  debug(text: Text): void;
  /**
   * What is going on right now; replaced by the next one and shown with its duration on a terminal.
   * @param passing a figure that the next second replaces: shown only where it can be
   */
  progress(text: Text, passing?: boolean): void;
  /** Asks for a secret; undefined where nobody can answer (no terminal). The answer is kept in memory alone. */
  secret(question: string): Promise<string | undefined>;
}

/** An `Io` that says nothing and cannot be asked. */
export const silentIo: Io = {
  info: () => undefined,
  warn: () => undefined,
  debug: () => undefined,
  progress: () => undefined,
  secret: () => Promise.resolve(undefined),
};

/** The same `io` without what is only good to know: warnings and questions still come through. */
export function quiet(io: Io): Io {
  return {
    ...silentIo,
    warn: (text) => {
      io.warn(text);
    },
    secret: (question) => io.secret(question),
  };
}

/** The same `io`, facts told as what is going on now: of a step of something greater, which tells its own. */
export function inPassing(io: Io): Io {
  return {
    info: (text) => {
      io.progress(text);
    },
    warn: (text) => {
      io.warn(text);
    },
    debug: (text) => {
      io.debug(text);
    },
    progress: (text, passing) => {
      io.progress(text, passing);
    },
    secret: (question) => io.secret(question),
  };
}

/** The same `io` with every line prefixed `(name) `, as drivers' messages are; one mark is enough. */
export function prefixed(io: Io, name: string): Io {
  const prefix = `(${name}) `;
  const mark = (text: Text) => (plain(text).startsWith(prefix) ? text : say`${prefix}${text}`);
  return {
    info: (text) => {
      io.info(mark(text));
    },
    warn: (text) => {
      io.warn(mark(text));
    },
    debug: (text) => {
      io.debug(mark(text));
    },
    progress: (text, passing) => {
      io.progress(mark(text), passing);
    },
    secret: (question) => io.secret(plain(mark(question))),
  };
}
