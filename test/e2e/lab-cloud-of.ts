import type { HostOptions, Lab, LabHost } from '../helpers/lab.js';
import type { LabCloud } from '../integration/plugins/lab-cloud.js';

/** A cloud whose servers are nspawn hosts of the lab, with the key that the plugin made. */
export function cloudOf(lab: Lab, options: HostOptions = {}): Parameters<typeof LabCloud.open>[0] {
  const hosts = new Map<string, LabHost>();
  return async (_cloud, verb, name, key) => {
    if (verb === 'create') {
      const made = await lab.host(name, options);
      hosts.set(name, made);
      await made.run('mkdir -p /root/.ssh && cat >> /root/.ssh/authorized_keys', { input: key });
      return made.ip;
    }
    const host = hosts.get(name);
    if (!host) throw new Error(`no host ${name}`);
    const { machine } = host;
    if (verb === 'state') return (await machine.look()).state;
    await host.disconnect();
    if (verb === 'remove') await host.remove();
    else if (verb === 'start') await machine.driver.start(machine.data, machine.ctx);
    else if (verb === 'restart') await machine.driver.restart?.(machine.data, machine.ctx);
    else await machine.driver[verb === 'kill' ? 'kill' : 'stop'](machine.data, machine.ctx);
    return '';
  };
}
