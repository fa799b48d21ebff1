import { isDeepStrictEqual } from 'node:util';

import { isVersion } from '../../provision/plan/engine-version.js';
import type { Facts } from '../../store/store.js';
import type { HostConfig } from '../../store/config/schema.js';
import type { Wanted } from '../steps/wanted.js';

/** Where a machine is in the store, not how it is created. */
const places = ['MachineName', 'StorePath', 'SSHKeyPath', 'IPAddress'];

/**
 * The settings that a machine was created with and that are declared otherwise now, by their names in config.json. Values are left out,
 * because some are secret. A setting that is declared empty was chosen by the driver, and never differs.
 */
export function differences(made: HostConfig, facts: Facts, { config, request }: Wanted): string[] {
  const driver = Object.entries(config.Driver)
    .filter(([field, value]) => !places.includes(field) && !isNothing(value) && !isDeepStrictEqual(value, made.Driver[field]))
    .map(([field]) => field);
  const { EngineOptions: now } = made.HostOptions;
  const engine = Object.entries(config.HostOptions.EngineOptions)
    .filter(([field, value]) => !isDeepStrictEqual(value, now[field as keyof typeof now]))
    .map(([field]) => `engine: ${field}`);
  const sans = isDeepStrictEqual(config.HostOptions.AuthOptions.ServerCertSANs, made.HostOptions.AuthOptions.ServerCertSANs)
    ? []
    : ['names in the certificate'];
  const install =
    facts.engineInstall === undefined || isDeepStrictEqual(facts.engineInstall, { ...request.install }) ? [] : ['engine to install'];
  const { version } = request.install;
  const has = facts.engineVersion;
  const other = version && has && !isVersion(has, version) ? [`engine ${has}`] : [];
  return [...driver, ...engine, ...sans, ...install, ...other];
}

function isNothing(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0)
  );
}
