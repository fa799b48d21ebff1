import type { ExecOptions, ExecResult } from '../../src/driver/contract.js';

/** The programs the driver calls and the Debian package each comes with. */
export const packages = {
  'systemd-nspawn': 'systemd-container',
  debootstrap: 'debootstrap',
  ip: 'iproute2',
  iptables: 'iptables',
  'iptables-restore': 'iptables',
  'ssh-keygen': 'openssh-client',
  mount: 'mount',
  umount: 'mount',
  setpriv: 'util-linux',
  unshare: 'util-linux',
  tar: 'tar',
} as const;

export type Program = keyof typeof packages | 'sh' | 'rm' | 'systemctl' | 'systemd-run';

/** One v1 hierarchy. */
export interface Hierarchy {
  readonly mount: string;
  readonly names: readonly string[];
  /** What a new group of a cpuset hierarchy must be given before it takes a process. */
  readonly cpuset?: { readonly cpus: string; readonly mems: string };
}

export interface Cgroups {
  readonly version: 1 | 2;
  /** Mount point of the hierarchy by which we follow a machine's processes. */
  readonly track: string;
  /** v1: every other hierarchy. v2: none. */
  readonly hierarchies: readonly Hierarchy[];
  /** v2: the controllers that can be handed on. v1: none. */
  readonly controllers: readonly string[];
}

/** What the driver must know about the computer to decide anything. */
export interface Facts {
  readonly platform: string;
  readonly uid: number;
  /** systemd is the computer's init. */
  readonly systemd: boolean;
  /** Undefined where no control groups are mounted. */
  readonly cgroups: Cgroups | undefined;
  /** Absolute paths of the programs found. */
  readonly programs: Readonly<Partial<Record<Program, string>>>;
  /** Node's word: `x64`, `arm64`. */
  readonly architecture: string;
  /** Changes with every boot of the computer. */
  readonly bootId: string;
}

export interface Disk {
  /** `overlay`, `nfs`, ... for the kinds that matter, else hexadecimal. */
  readonly kind: string;
  readonly freeBytes: number;
}

/** The computer as the driver sees it: a narrow door to ip, iptables, mount, systemd-nspawn and debootstrap, and to /proc and /sys. */
export interface Computer {
  /** Where the addresses of all machines of this computer are written down. */
  readonly registryFile: string;
  facts(): Promise<Facts>;
  /** Runs a program by its absolute path, found also where root's PATH lacks the sbin folders. */
  run(program: Program, args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Starts a program that outlives this one. */
  start(program: Program, args: readonly string[], logFile: string): Promise<void>;
  /** Mount points at or below a folder, deepest first. */
  mountsBelow(dir: string): Promise<string[]>;
  /** The disk under a path, or under its nearest existing parent. */
  disk(path: string): Promise<Disk>;
  /** The text of a file such as /etc/resolv.conf; undefined when there is none. */
  read(path: string): Promise<string | undefined>;
  /** The apt source files: `*.list` and `*.sources`. */
  aptSources(): Promise<{ readonly path: string; readonly text: string }[]>;
  /** A setting of the kernel such as /proc/sys/net/ipv4/ip_forward; empty where the kernel does not have it. */
  setting(file: string): Promise<string>;
  set(file: string, value: string): Promise<void>;
  /** Process ids in a control group and below it; none when the group does not exist. */
  processes(group: string): Promise<number[]>;
  /** The machine's own PID 1 among the processes of a group. */
  initOf(group: string): Promise<number | undefined>;
  /** Whether something listens on a TCP port in the network namespace of a process. */
  listens(pid: number, port: number): Promise<boolean>;
  /** Sends a signal; a process that is gone is fine. */
  signal(pid: number, signal: number): void;
}
