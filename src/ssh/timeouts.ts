/**
 * Every time limit of an SSH connection, in milliseconds, for both clients: ssh2 and the system's `ssh`.
 * Whoever changes how long a connection may take changes it here and nowhere else.
 */
export const sshTimeouts = {
  /** ssh2: one attempt, from the first packet to the login. */
  attempt: 15_000,
  /** ssh2, while a host boots: the TCP connection alone. A booting host loses the first packets, and a new connection finds it sooner. */
  bootingConnect: 3000,
  /** ssh2: each of several addresses of one host name. Node's default of 250 is too short for a distant host. */
  eachAddress: 2000,
  /** ssh2: a host that answers, and says that it is still booting and lets nobody but root log in. */
  nologin: 90_000,
  /** ssh2: the answer to a request on an open connection, such as to start a command. A host that keeps quiet for longer is given up. */
  request: 30_000,
  /** The system's ssh, run in the foreground or by rsync and sshfs: the TCP connection, to the machine and to each jump host. */
  systemConnect: 10_000,
  /** The system's ssh, when it holds a login that copies share: the TCP connection, and the whole login. */
  sharedConnect: 5000,
  sharedLogin: 8000,
  /** The system's ssh, where ssh2 cannot log in: the whole login, in which a person may have to touch a security key. */
  carriedLogin: 60_000,
} as const;

/** The `-o` setting that gives the system's ssh a limit for the TCP connection. */
export function connectTimeoutSetting(milliseconds: number): string {
  return `ConnectTimeout=${Math.ceil(milliseconds / 1000)}`;
}
