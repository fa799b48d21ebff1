import { exactJson } from '../../base/json.js';
import type { DriverData } from '../../base/machine.js';
import type { EngineOptions, HostConfig, SwarmOptions } from './options.js';
import { authDefaults, currentVersion, engineDefaults, swarmDefaults } from './options.js';

export type { AuthOptions, EngineOptions, HostConfig, HostOptions, SwarmOptions } from './options.js';
export { type ConfigSource, parseHostConfig } from './parse.js';

export interface NewHost {
  readonly name: string;
  /** The store's absolute path. */
  readonly root: string;
  readonly driverName: string;
  readonly driver: DriverData;
  readonly engine: Partial<EngineOptions>;
  readonly swarm?: Partial<SwarmOptions>;
  readonly serverCertSans: readonly string[];
  /** The user's own files instead of the store's (`--tls-*`). */
  readonly auth?: {
    readonly caCert?: string | undefined;
    readonly caKey?: string | undefined;
    readonly clientCert?: string | undefined;
    readonly clientKey?: string | undefined;
  };
}

/** The document of a new machine, as Docker Machine would write it. */
export function newHostConfig({ name, root, driverName, driver, engine, swarm, serverCertSans, auth = {} }: NewHost): HostConfig {
  const standard = authDefaults(root, name);
  return {
    ConfigVersion: currentVersion,
    Driver: driver,
    DriverName: driverName,
    HostOptions: {
      Driver: '',
      Memory: 0,
      Disk: 0,
      EngineOptions: { ...engineDefaults, ...engine },
      SwarmOptions: { ...swarmDefaults, ...swarm },
      AuthOptions: {
        ...standard,
        CaCertPath: auth.caCert || standard.CaCertPath,
        CaPrivateKeyPath: auth.caKey || standard.CaPrivateKeyPath,
        ClientCertPath: auth.clientCert || standard.ClientCertPath,
        ClientKeyPath: auth.clientKey || standard.ClientKeyPath,
        ServerCertSANs: serverCertSans,
      },
    },
    Name: name,
  };
}

/** The text of config.json exactly as Go writes it: four spaces, no final newline, known keys first and in Docker Machine's order. */
export function serializeHostConfig(config: HostConfig): string {
  const { HostOptions: options } = config;
  const ordered = inOrder(config, ['ConfigVersion', 'Driver', 'DriverName', 'HostOptions', 'Name'], {
    HostOptions: inOrder(options, ['Driver', 'Memory', 'Disk'], {
      EngineOptions: inOrder(options.EngineOptions, Object.keys(engineDefaults)),
      SwarmOptions: inOrder(options.SwarmOptions, Object.keys(swarmDefaults)),
      AuthOptions: inOrder(options.AuthOptions, Object.keys(authDefaults('', ''))),
    }),
  });
  return exactJson(ordered, 4).replace(/[<>&\u2028\u2029]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function inOrder(object: object, keys: readonly string[], replaced: Readonly<Record<string, unknown>> = {}): object {
  const fields: Readonly<Record<string, unknown>> = { ...object, ...replaced };
  const others = Object.keys(fields).filter((key) => !keys.includes(key));
  return Object.fromEntries([...keys, ...others].map((key) => [key, fields[key]]));
}
