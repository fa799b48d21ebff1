import { resolve } from 'node:path';

import type { FlagValues } from '../../base/flags.js';
import { loadDriverModule } from '../access/driver-registry.js';
import { validateName } from '../choose/names.js';
import type { CreateRequest } from '../create.js';
import type { Surroundings } from '../session.js';
import { readFlags } from './given-flags.js';
import { checkMachineFlags } from './machine-checks.js';
import { defaultDriver, machineFlags } from './machine-flags.js';
import { installModes } from '../../base/machine.js';

type AuthorityFiles = NonNullable<CreateRequest['tls']>;

/** A machine to be made, said as on the command line of `create`. */
export interface CreateOptions {
  readonly name: string;
  /** Default: MACHINE_DRIVER of the session's environment, else `virtualbox`. */
  readonly driver?: string;
  /**
   * The flags of `create` and of the driver by name, without dashes: `{ 'generic-ip-address': '10.0.0.5', 'engine-label': ['a=b'] }`.
   * What is not given is read from the session's environment, else it is the flag's default. Names of files begin at the current folder.
   */
  readonly flags?: FlagValues;
  /** Files of an authority of your own instead of the store's. */
  readonly tls?: AuthorityFiles;
}

/**
 * What `createMachine` takes, from flags by name, with the checks and messages of the command line. Touches nothing.
 * @throws TsmachineError NAME_INVALID; DRIVER_UNKNOWN; USAGE for a flag that does not exist; FLAG_INVALID for a value that cannot be
 */
export async function createRequest(session: Surroundings, options: CreateOptions): Promise<CreateRequest> {
  const { name, flags = {}, tls = {} } = options;
  validateName(name);
  const driver = await loadDriverModule(options.driver ?? (session.env['MACHINE_DRIVER'] || defaultDriver), session);
  return { name, ...requestOf(driver.name, readFlags([...machineFlags, ...driver.flags], flags, session.env), tls) };
}

/**
 * Complete values of flags as the request that `createMachine` takes, apart from the name.
 * @throws TsmachineError FLAG_INVALID naming flag and value
 */
export function requestOf(driverName: string, values: FlagValues, tls: AuthorityFiles): Omit<CreateRequest, 'name'> {
  checkMachineFlags(values);
  const text = (name: string) => String(values[name] ?? '');
  const texts = (name: string): readonly string[] => (Array.isArray(values[name]) ? (values[name] as readonly string[]) : []);
  const on = (name: string) => values[name] === true;
  const version = text('engine-version');
  return {
    driverName,
    flags: values,
    engine: {
      ArbitraryFlags: texts('engine-opt'),
      Env: texts('engine-env'),
      InsecureRegistry: texts('engine-insecure-registry'),
      Labels: texts('engine-label'),
      RegistryMirror: texts('engine-registry-mirror'),
      StorageDriver: text('engine-storage-driver'),
      InstallURL: text('engine-install-url'),
      TlsVerify: true,
    },
    install: {
      mode: installModes.find((mode) => mode === text('engine-install')) ?? 'auto',
      ...(version === '' ? {} : { version }),
      ...(on('engine-allow-removals') ? { allowRemovals: true } : {}),
      ...(on('engine-install-insecure') && { insecure: true }),
    },
    swarm: {
      IsSwarm: on('swarm') || on('swarm-master'),
      Agent: on('swarm'),
      Master: on('swarm-master'),
      Image: text('swarm-image'),
      Discovery: text('swarm-discovery'),
      Address: text('swarm-addr'),
      Host: text('swarm-host'),
      Strategy: text('swarm-strategy'),
      ArbitraryFlags: texts('swarm-opt'),
      ArbitraryJoinFlags: texts('swarm-join-opt'),
      IsExperimental: on('swarm-experimental'),
    },
    tlsSans: texts('tls-san'),
    tls: absoluteFiles(tls),
  };
}

/** Files of an authority, their names as seen from the current folder made absolute. */
export function absoluteFiles(tls: AuthorityFiles): AuthorityFiles {
  return Object.fromEntries(Object.entries(tls).map(([role, path]) => [role, resolve(path)]));
}
