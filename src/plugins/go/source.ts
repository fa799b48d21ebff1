import type { DriverSource } from '../../driver/source.js';
import { goPluginModule } from './module.js';
import { findGoPlugin, goPluginNames, pathOf } from './program.js';

/** Drivers that are programs of Docker Machine on the PATH: `docker-machine-driver-NAME`. */
export const goPlugins: DriverSource = {
  kind: 'Docker Machine plugin',
  speaksRpc: true,
  names: ({ env }) => goPluginNames(pathOf(env)),
  find(name, { env, signal }) {
    const path = findGoPlugin(name, pathOf(env));
    return Promise.resolve(path === undefined ? undefined : goPluginModule({ driver: name, path, args: [] }, { env, signal }));
  },
  where(name, { env }) {
    const path = findGoPlugin(name, pathOf(env));
    return Promise.resolve(path === undefined ? [] : [path]);
  },
};
