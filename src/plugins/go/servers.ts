import type { DriverSource } from '../../driver/source.js';
import { goPluginModule } from './module.js';
import { onPath, pathOf } from './program.js';

const ofBoth = ['amazonec2', 'azure', 'digitalocean', 'exoscale', 'generic', 'google', 'hyperv', 'none', 'openstack', 'rackspace'];
const more = ['softlayer', 'virtualbox', 'vmwarefusion', 'vmwarevcloudair', 'vmwarevsphere'];

/** Programs that contain drivers and serve them when they are started as a plugin, with the names that their sources list. */
const servers: readonly { readonly program: string; readonly drivers: readonly string[] }[] = [
  { program: 'docker-machine', drivers: [...ofBoth, ...more] },
  { program: 'rancher-machine', drivers: [...ofBoth, ...more, 'noop', 'pod'] },
];

/** Drivers within Docker Machine's or rancher's own program, which are started from there. */
export const machineServers: DriverSource = {
  kind: 'in Docker Machine',
  speaksRpc: true,
  names: ({ env }) => Promise.resolve(servers.flatMap(({ program, drivers }) => (onPath(program, pathOf(env)).good ? drivers : []))),
  find(name, { env, signal }) {
    for (const { program, drivers } of servers) {
      const path = drivers.includes(name) ? onPath(program, pathOf(env)).good : undefined;
      if (path !== undefined) return Promise.resolve(goPluginModule({ driver: name, path, args: [] }, { env, signal }));
    }
    return Promise.resolve(undefined);
  },
};
