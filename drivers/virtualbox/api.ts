/** What came of one call of VBoxManage. */
export interface Outcome {
  readonly stdout: string;
  /** What VBoxManage complains about, without its prefixes; undefined when the call did what it should. */
  readonly problem: string | undefined;
  readonly status: number;
}

export interface CallOptions {
  /** Milliseconds; default 60 000. */
  readonly timeout?: number;
}

/** VirtualBox as the driver sees it. Options are spelled as VirtualBox 7 does; older versions get theirs. */
export interface VBoxManage {
  version(): Promise<Version>;
  /** Standard output. @throws TsmachineError COMMAND_MISSING, DRIVER_FAILED, STORE_FULL */
  run(args: readonly string[], options?: CallOptions): Promise<string>;
  /** As `run`, for calls that may be refused. @throws TsmachineError COMMAND_MISSING */
  attempt(args: readonly string[], options?: CallOptions): Promise<Outcome>;
}

export interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** On Linux VBoxManage says at every call that its kernel module, without which no VM starts, is not there. */
  readonly withoutModule: boolean;
}

export interface NetworkInterface {
  readonly name: string;
  /** `192.168.1.7/24`. */
  readonly cidr: string;
}

/** The computer as the driver sees it. */
export interface Computer {
  /** Node's words. */
  readonly platform: string;
  readonly architecture: string;
  readonly cpus: number;
  /** MB of memory. */
  readonly memory: number;
  /** The user's home folder. */
  readonly home: string;
  /** The program, absolute or to be found on PATH. */
  program(): Promise<string>;
  /** Whether the processor has VT-x or AMD-V; undefined where that is unknown. */
  virtualization(): Promise<boolean | undefined>;
  /** Interfaces that are up, without loopback; IPv4. */
  interfaces(): readonly NetworkInterface[];
  /** Whether the interface of that name has that address; undefined where that is unknown, as for an interface that the system does not list. */
  hasAddress(name: string, ip: string): Promise<boolean | undefined>;
  /** VirtualBox's list of allowed host-only ranges; undefined when there is none. */
  networksConf(): Promise<string | undefined>;
  /** A free port of 127.0.0.1: the wanted one, or undefined if it is taken; any free one without a wanted one. */
  freePort(wanted?: number): Promise<number | undefined>;
  /** The neighbours' MAC addresses as the system prints them; empty where it does not. */
  neighbours(): Promise<string>;
  /** Makes a file of zeros after the given head, without taking up the disk's blocks. @param size bytes */
  sparseFile(path: string, head: Uint8Array, size: number): Promise<void>;
}
