import { TsmachineError } from '../base/errors.js';

/** One side of a copy or a mount, as it was typed: `[[user@]machine:]path`. */
export interface Place {
  /** Undefined: this computer. */
  readonly machine: string | undefined;
  /** The user to log in as, instead of the machine's own. */
  readonly user: string | undefined;
  readonly path: string;
}

/**
 * Reads `[[user@]machine:]path`; `localhost`, and anything without a machine, is this computer. As with scp, a slash before the colon
 * makes it a path, and so does a drive letter: `C:\x` on every system, `c:x` on Windows only.
 * @throws TsmachineError USAGE for a user name that ssh would read as a flag
 */
export function parsePlace(text: string, platform: NodeJS.Platform = process.platform): Place {
  const colon = text.indexOf(':');
  const drive = platform === 'win32' ? /^[A-Za-z]:/ : /^[A-Za-z]:\\/;
  if (colon <= 0 || drive.test(text) || /[/\\]/.test(text.slice(0, colon))) return { machine: undefined, user: undefined, path: text };
  const path = text.slice(colon + 1) || '.';
  const host = text.slice(0, colon);
  const at = host.lastIndexOf('@');
  const user = at < 0 ? undefined : host.slice(0, at);
  const machine = host.slice(at + 1);
  if (machine === '' || (user !== undefined && !/^[^-\s][^\s]*$/.test(user))) {
    throw new TsmachineError('USAGE', `${JSON.stringify(text)} is not [[user@]machine:]path`, {
      hint: 'A local file with a colon in its name is written ./NAME',
    });
  }
  return machine === 'localhost' ? { machine: undefined, user: undefined, path } : { machine, user, path };
}
