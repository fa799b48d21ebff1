import type { EngineInstall } from '../base/machine.js';
import type { Io } from '../base/io.js';

/** The engine options of config.json that provisioning reads (specification 3.2). */
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

export interface ProvisionRequest {
  readonly machine: string;
  readonly io: Io;
  readonly signal: AbortSignal;
  /** The host was made for this machine and takes its name. */
  readonly setHostname: boolean;
  readonly port: number;
  /** The engine is reached at an IPv6 address. */
  readonly hostIsIpv6: boolean;
  /** Called once; its work runs beside the installation. */
  readonly certificates: () => Promise<ServerCertificate>;
  readonly engine: EngineSettings;
  readonly install: InstallRequest;
  /** Labels of the engine besides the user's own: `provider=generic`. */
  readonly labels: readonly string[];
  /** The engine's program was replaced: restart it even if its settings stay. */
  readonly restart?: boolean;
}

export interface ProvisionResult {
  readonly provisioner: string;
  readonly engineVersion: string;
  readonly restarted: boolean;
  /** Files that were written. */
  readonly changed: readonly string[];
  /** Where the engine's certificates are on the host. */
  readonly certificates: CertificatePaths;
}
