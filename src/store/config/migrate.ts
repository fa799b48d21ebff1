import { type Json, isJson, spell } from '../conform.js';

/** Old names of paths in the auth options, and their names in version 3. */
const authPaths: Readonly<Record<string, string>> = {
  CaCertPath: 'CaCertPath',
  PrivateKeyPath: 'CaPrivateKeyPath',
  ServerCertPath: 'ServerCertPath',
  ServerKeyPath: 'ServerKeyPath',
  ClientKeyPath: 'ClientKeyPath',
  ClientCertPath: 'ClientCertPath',
};
const swarmFields: Readonly<Record<string, string>> = { SwarmDiscovery: 'Discovery', SwarmHost: 'Host', SwarmMaster: 'Master' };
const topLevel = [...Object.keys(authPaths), ...Object.keys(swarmFields), 'StorePath', 'ConfigVersion', 'Driver', 'HostOptions'];

/**
 * Brings a document of version 0, 1 or 2 to version 3. Docker Machine wrote relative paths, or the store's root, where the machine's
 * folder belongs. Here the recorded folder is kept: the reader maps it to where the store is now, and fills in what is missing.
 */
export function migrate(document: Json, version: number): Json {
  const old = spell(document, topLevel);
  const kept = Object.entries(old).filter(([key]) => !topLevel.includes(key));
  const options = version === 0 ? flatOptions(old) : old['HostOptions'];
  return {
    ...Object.fromEntries(kept),
    ConfigVersion: 3,
    Driver: isJson(old['Driver']) ? { ...old['Driver'], StorePath: old['Driver']['StorePath'] ?? '' } : old['Driver'],
    HostOptions: isJson(options) ? { ...options, AuthOptions: auth(options['AuthOptions'], old['StorePath']) } : options,
  };
}

/** Version 0 had its options as fields of the document itself; Docker Machine ignores `HostOptions` in such a file. */
function flatOptions(old: Json): Json {
  return { SwarmOptions: pick(old, swarmFields), AuthOptions: pick(old, authPaths) };
}

function auth(options: unknown, machineDir: unknown): unknown {
  const given = isJson(options) ? spell(options, [...Object.keys(authPaths), 'StorePath']) : {};
  const { PrivateKeyPath: caKey, ...rest } = given;
  return {
    ...rest,
    ...(typeof caKey === 'string' && { CaPrivateKeyPath: caKey }),
    ...(typeof machineDir === 'string' && { StorePath: machineDir }),
  };
}

function pick(from: Json, names: Readonly<Record<string, string>>): Json {
  const entries = Object.entries(names).map(([name, renamed]) => [renamed, from[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
