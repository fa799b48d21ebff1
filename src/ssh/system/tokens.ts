import { createHash } from 'node:crypto';
import { homedir, hostname, userInfo } from 'node:os';

/** What the tokens of a ssh configuration stand for (ssh_config(5), TOKENS). */
export interface TokenValues {
  /** The name that was asked for, and what HostName made of it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The login on the host. */
  readonly user: string;
  readonly jump: string;
  readonly alias: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** The name of this computer's user; its number where the user database has none, as in many containers. */
export function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}

/** Replaces `%h`, `%r` and the other tokens; one that is unknown stays. `ssh -G` prints values as they were written. */
export function expandTokens(text: string, { name, host, port, user, jump, alias, env }: TokenValues): string {
  const here = hostname();
  const values: Readonly<Record<string, () => string>> = {
    '%': () => '%',
    C: () => createHash('sha1').update(`${here}${host}${port}${user}${jump}`).digest('hex'),
    d: () => env['HOME'] ?? homedir(),
    h: () => host,
    i: () => String(process.getuid?.() ?? ''),
    j: () => jump,
    k: () => alias ?? name,
    L: () => here.split('.')[0] ?? here,
    l: () => here,
    n: () => name,
    p: () => String(port),
    r: () => user,
    T: () => 'NONE',
    u: localUser,
  };
  return text.replace(/%(.)/g, (token, letter: string) => values[letter]?.() ?? token);
}

/** Expands a path of a ssh configuration: `~`, tokens and `${VARIABLE}`. The home folder is HOME, as everywhere in tsmachine. */
export function expandPath(path: string, values: TokenValues): string {
  const home = values.env['HOME'] ?? homedir();
  return expandTokens(path.replace(/^~(?=[/\\]|$)/, '%d'), { ...values, env: { ...values.env, HOME: home } }).replace(
    /\$\{(\w+)\}/g,
    (_, variable: string) => values.env[variable] ?? '',
  );
}
