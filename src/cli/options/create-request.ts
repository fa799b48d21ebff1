import { resolve } from 'node:path';

import type { CreateRequest } from '../../machine/create.js';
import type { FlagValues } from '../../base/flags.js';
import { checkCreateFlags } from './create-checks.js';
import { installModes } from '../../base/machine.js';
import type { GlobalValues } from '../line/globals.js';

/**
 * The flags of `create` as the request the engine takes (spec 2.3, "Mapping to config").
 * @throws TsmachineError FLAG_INVALID
 */
export function createRequest(driverName: string, values: FlagValues, globals: GlobalValues): Omit<CreateRequest, 'name'> {
  checkCreateFlags(values);
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
    install: { mode: installModes.find((mode) => mode === text('engine-install')) ?? 'auto', ...(version === '' ? {} : { version }) },
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
    tls: Object.fromEntries(Object.entries(globals.tls).map(([role, path]) => [role, resolve(path)])),
  };
}
