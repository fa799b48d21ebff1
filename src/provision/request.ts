import type { EngineInstall } from '../base/machine.js';
import type { Io } from '../base/io.js';
import type { EngineOwner } from './look/facts.js';

/** The engine options that provisioning reads, with their names in config.json. */
export interface EngineSettings {
  readonly ArbitraryFlags: readonly string[];
  readonly Env: readonly string[];
  readonly InsecureRegistry: readonly string[];
  readonly Labels: readonly string[];
  readonly RegistryMirror: readonly string[];
  readonly StorageDriver: string;
}

export interface InstallRequest extends EngineInstall {
  /** The script that mode `script` runs. */
  readonly url: string;
}

/** Where the engine's PEM files are on the host. */
export interface CertificatePaths {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** PEM texts for the engine. */
export interface ServerCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** What to make of a host. */
export interface ProvisionRequest {
  readonly machine: string;
  readonly io: Io;
  readonly signal: AbortSignal;
  /** The host was created for this machine and gets its name. */
  readonly setHostname: boolean;
  readonly port: number;
  /** The flag of `create` that sets the port, without dashes; absent where the driver has none. */
  readonly portFlag?: string;
  /** This store and machine, for the mark on the host; absent where nothing is to be marked. */
  readonly owner?: EngineOwner;
  /** The engine is reached at an IPv6 address. */
  readonly hostIsIpv6: boolean;
  /** Called once; runs in parallel with the installation. */
  readonly certificates: () => Promise<ServerCertificate>;
  readonly engine: EngineSettings;
  readonly install: InstallRequest;
  /** Labels of the engine in addition to the user's own: `provider=generic`. */
  readonly labels: readonly string[];
  /** The engine's program was replaced: restart it even if its settings stay the same. */
  readonly restart?: boolean;
}

export interface ProvisionResult {
  readonly provisioner: string;
  readonly engineVersion: string;
  readonly restarted: boolean;
  /** Paths of the files that were written. */
  readonly changed: readonly string[];
  /** Where the engine's certificates are on the host. */
  readonly certificates: CertificatePaths;
}
