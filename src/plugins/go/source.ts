import type { DriverSource } from '../../driver/source.js';
import { goPluginModule } from './module.js';
import { findGoPlugin, goPluginNames, pathOf } from './program.js';

/** Drivers that are programs of Docker Machine on the PATH: `docker-machine-driver-NAME`. */
export const goPlugins: DriverSource = {
  kind: 'plugins of Docker Machine',
  names: (env) => goPluginNames(pathOf(env)),
  find(name, env) {
    const path = findGoPlugin(name, pathOf(env.env));
    return Promise.resolve(path === undefined ? undefined : goPluginModule({ driver: name, path, args: [] }, env));
  },
  where: (name, env) => findGoPlugin(name, pathOf(env)),
};
