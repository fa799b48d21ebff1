import { plain, say, type Text } from './text.js';

/**
 * Everything that the library may show to a person or ask. It never prints, prompts or exits: it passes messages to an `Io`,
 * and its caller (the command line, a test, another program) decides what to do with them.
 */
export interface Io {
  /** A fact that deserves a line of its own (`"m1" was started.`). */
  info(text: Text): void;
  warn(text: Text): void;
  /** Shown only with --debug. Never contains a secret. */
  debug(text: Text): void;
  /**
   * What is happening right now; replaced by the next call and shown with its duration on a terminal.
   * @param passing true for a figure that changes every second: shown only where it can be replaced
   */
  progress(text: Text, passing?: boolean): void;
  /** Asks for a secret; undefined where nobody can answer (no terminal). The answer is kept only in memory. */
  secret(question: string): Promise<string | undefined>;
}

/** An `Io` that shows nothing and answers no question. */
export const silentIo: Io = {
  info: () => undefined,
  warn: () => undefined,
  debug: () => undefined,
  progress: () => undefined,
  secret: () => Promise.resolve(undefined),
};

/** The same `io` with only warnings and questions. */
export function quiet(io: Io): Io {
  return {
    ...silentIo,
    warn: (text) => {
      io.warn(text);
    },
    secret: (question) => io.secret(question),
  };
}

/** The same `io` with facts shown as progress: for a step of a larger task, which reports facts of its own. */
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

/** The same `io` with every line prefixed with `(name) `, as for messages of drivers; the prefix is added only once. */
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
