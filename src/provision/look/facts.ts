import type { Family } from '../families/table.js';
import type { OsRelease } from './os-release.js';

export type Init = 'systemd' | 'openrc' | 'sysv' | 'none';

export interface EngineFacts {
  /** Where dockerd is. */
  readonly path: string;
  /** `20.10.24+dfsg1`, of the program on disk: after an upgrade an older one may still be running. Empty when dockerd does not tell. */
  readonly version: string;
  readonly running: boolean;
  readonly runningContainers: number;
  /** Containers survive a restart of the engine. */
  readonly liveRestore: boolean;
  /** The storage driver in use; empty when the engine is not running. */
  readonly storageDriver: string;
  /** The installation was interrupted: its packages must be installed completely first. */
  readonly incomplete: boolean;
}

export interface ServiceFacts {
  /** `systemctl cat docker.service`; empty without systemd or without the unit. */
  readonly unit: string;
  /** Lines of the unit's environment files. */
  readonly environmentFiles: string;
  readonly active: boolean;
  readonly enabled: boolean;
  /** Those of docker.service and docker.socket that an administrator has masked: systemd refuses to start them. */
  readonly masked: readonly string[];
  /** Programs that the unit and its drop-ins start, and that do not exist. */
  readonly missingPrograms: readonly string[];
  /** /etc/conf.d/docker (OpenRC). */
  readonly confD: string;
  /** boot2docker's profile. */
  readonly profile: string;
}

export type Firewall = 'firewalld' | 'ufw';

/** A program that listens on a TCP port. */
export interface Listener {
  /** As the host prints it: `0.0.0.0`, `[::]`, `*`. */
  readonly address: string;
  readonly port: number;
  /** Empty when the host does not tell. */
  readonly program: string;
  readonly pid: string;
}

/** Whose the engine is, as the store says that configured it last. */
export interface EngineOwner {
  /** The store's id. */
  readonly store: string;
  /** The machine's name in that store. */
  readonly name: string;
  /** `root@laptop`: who worked with that store, and where. */
  readonly by: string;
}

export interface ConfigFacts {
  /** The engine's settings file: /etc/docker/daemon.json unless its unit says otherwise. */
  readonly path: string;
  /** Absent when there is no such file. */
  readonly text?: string;
  /** SHA-256 in hex of the certificate files already there, by path. */
  readonly sums: Readonly<Record<string, string>>;
}

/** Everything that detection found out about a host. Plain data. */
export interface HostFacts {
  readonly os: OsRelease;
  readonly family: Family;
  readonly init: Init;
  /** `uname -m`. */
  readonly arch: string;
  readonly hostname: string;
  /** The lines of /etc/hosts for loopback addresses. */
  readonly loopbackHosts: readonly string[];
  /** Global addresses of the host's own interfaces, without those of containers and bridges of the engine. */
  readonly addresses: readonly string[];
  /** Seconds since the epoch. */
  readonly clock: number;
  readonly cloudInit: 'absent' | 'running' | 'finished';
  readonly snapDocker: boolean;
  /** The folder where the engine keeps images and containers, or would keep them. */
  readonly storage: string;
  /** Free kilobytes of /var/lib, /etc and `storage`; undefined when unknown or when there is no such folder. */
  readonly free: { readonly var?: number; readonly etc?: number; readonly docker?: number };
  readonly selinux: boolean;
  /** A firewall that is active; there may be rules without one. */
  readonly firewall?: Firewall;
  readonly engine?: EngineFacts;
  readonly service: ServiceFacts;
  readonly listeners: readonly Listener[];
  /** Absent where no tsmachine left a mark. */
  readonly owner?: EngineOwner;
  readonly config: ConfigFacts;
}
