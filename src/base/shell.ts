/** How to log in on a host. */
export interface SshEndpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Private key file. Absent: the agent's and the user's default keys. */
  readonly keyPath?: string;
  /** Jump hosts in order, each `[user@]host[:port]`. */
  readonly jump?: readonly string[];
  /** Whether the host key is known before the first connection; set when that differs between machines of one driver. */
  readonly hostKeyKnown?: boolean;
  /** The host key that the user expects at the first contact: a public key, or a fingerprint such as `SHA256:...`. */
  readonly hostKey?: string;
  /** The environment variable that may hold the sudo password of `user`. */
  readonly sudoPasswordEnv?: string;
}

/** What the user's ssh configuration makes of a host's name. */
export interface SshHost {
  /** The address or DNS name behind the name: HostName, or the name itself. */
  readonly host: string;
  /** Undefined where it names none. */
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** Whether it leads through another host or program (ProxyJump, ProxyCommand), so that the host may have no address of its own here. */
  readonly proxied: boolean;
}

export interface ExecOptions {
  /** Written to standard input, which is then closed. Secrets belong here, never in the arguments. */
  readonly input?: string | Uint8Array;
  /** Milliseconds; default 60 000. */
  readonly timeout?: number;
  /** Added to this program's own environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Exit statuses that are not errors; default [0]. */
  readonly ok?: readonly number[];
  /** Called with every line as it arrives. */
  readonly onLine?: (line: string) => void;
}

/** How a script of ours is run on a host. */
export interface ScriptOptions extends Pick<ExecOptions, 'timeout' | 'ok' | 'onLine'> {
  /**
   * The script makes the host go down, so nobody may be left to report its exit status: a lost connection is then its end, with status 0.
   * Whether the host did go down, the caller finds out.
   */
  readonly endsHost?: boolean;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs commands on a host over one SSH connection. */
export interface RemoteShell {
  /** Runs one command as the login user; the text must be a constant or come from `quote`. */
  exec(command: string, options?: Pick<ExecOptions, 'input' | 'timeout' | 'ok' | 'onLine'>): Promise<ExecResult>;
  /** Runs a template from `templates/` as root, its variables passed on standard input. */
  rootScript(template: string, variables?: Readonly<Record<string, string>>, options?: ScriptOptions): Promise<ExecResult>;
}
