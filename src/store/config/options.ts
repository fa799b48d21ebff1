import type { DriverData } from '../../base/machine.js';
import { machinePaths, storePaths } from '../paths.js';

/** The option objects of config.json, with their fields in the order in which they are written. */
export interface EngineOptions {
  readonly ArbitraryFlags: readonly string[];
  readonly Dns: readonly string[] | null;
  readonly GraphDir: string;
  readonly Env: readonly string[];
  readonly Ipv6: boolean;
  readonly InsecureRegistry: readonly string[];
  readonly Labels: readonly string[];
  readonly LogLevel: string;
  readonly StorageDriver: string;
  readonly SelinuxEnabled: boolean;
  readonly TlsVerify: boolean;
  readonly RegistryMirror: readonly string[];
  readonly InstallURL: string;
}

/** Classic Swarm's options. `Host` also holds the port of `--swarm` URLs. */
export interface SwarmOptions {
  readonly IsSwarm: boolean;
  readonly Address: string;
  readonly Discovery: string;
  readonly Agent: boolean;
  readonly Master: boolean;
  readonly Host: string;
  readonly Image: string;
  readonly Strategy: string;
  readonly Heartbeat: number;
  readonly Overcommit: number;
  readonly ArbitraryFlags: readonly string[];
  readonly ArbitraryJoinFlags: readonly string[];
  readonly Env: readonly string[] | null;
  readonly IsExperimental: boolean;
}

export interface AuthOptions {
  readonly CertDir: string;
  readonly CaCertPath: string;
  readonly CaPrivateKeyPath: string;
  readonly CaCertRemotePath: string;
  readonly ServerCertPath: string;
  readonly ServerKeyPath: string;
  readonly ClientKeyPath: string;
  readonly ServerCertRemotePath: string;
  readonly ServerKeyRemotePath: string;
  readonly ClientCertPath: string;
  readonly ServerCertSANs: readonly string[];
  /** The machine's own folder, unlike the driver's `StorePath`, which is the store's root. */
  readonly StorePath: string;
}

/** The version of config.json that is written: the last one that Docker Machine knows. */
export const currentVersion = 3;

export interface HostOptions {
  readonly Driver: string;
  readonly Memory: number;
  readonly Disk: number;
  readonly EngineOptions: EngineOptions;
  readonly SwarmOptions: SwarmOptions;
  readonly AuthOptions: AuthOptions;
}

/** config.json: Docker Machine's host document, version 3. Fields that are not listed here are kept in the object. */
export interface HostConfig {
  readonly ConfigVersion: number;
  readonly Driver: DriverData;
  readonly DriverName: string;
  readonly HostOptions: HostOptions;
  readonly Name: string;
}

export const engineDefaults: EngineOptions = {
  ArbitraryFlags: [],
  Dns: null,
  GraphDir: '',
  Env: [],
  Ipv6: false,
  InsecureRegistry: [],
  Labels: [],
  LogLevel: '',
  StorageDriver: '',
  SelinuxEnabled: false,
  TlsVerify: true,
  RegistryMirror: [],
  InstallURL: 'https://get.docker.com',
};

export const swarmDefaults: SwarmOptions = {
  IsSwarm: false,
  Address: '',
  Discovery: '',
  Agent: false,
  Master: false,
  Host: 'tcp://0.0.0.0:3376',
  Image: 'swarm:latest',
  Strategy: 'spread',
  Heartbeat: 0,
  Overcommit: 0,
  ArbitraryFlags: [],
  ArbitraryJoinFlags: [],
  Env: null,
  IsExperimental: false,
};

export function authDefaults(root: string, name: string): AuthOptions {
  const store = storePaths(root);
  const machine = machinePaths(root, name);
  return {
    CertDir: store.certsDir,
    CaCertPath: store.ca,
    CaPrivateKeyPath: store.caKey,
    CaCertRemotePath: '',
    ServerCertPath: machine.serverCert,
    ServerKeyPath: machine.serverKey,
    ClientKeyPath: store.key,
    ServerCertRemotePath: '',
    ServerKeyRemotePath: '',
    ClientCertPath: store.cert,
    ServerCertSANs: [],
    StorePath: machine.dir,
  };
}
