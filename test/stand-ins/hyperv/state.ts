import type { World } from '../virtualbox/state.js';

/** Makes a script of templates/hyperv fail. */
export interface Fault {
  readonly script: string;
  /** The cmdlet that fails; default: the first one that looks at the computer or changes it. */
  readonly cmdlet?: string;
  readonly message: string;
  readonly id?: string;
  readonly times?: number;
  /** What happens instead of an error: PowerShell says `message` on stderr and ends, or the cmdlet never ends. */
  readonly instead?: 'mute' | 'hang';
}

export const switches = {
  default: { id: 'c08cb7b8-9b3c-408e-8e30-5e16a3aeb444', name: 'Default Switch', type: 'Internal' },
  external: { id: 'f1b2c3d4-0000-4000-8000-000000000001', name: 'external', type: 'External' },
};

/**
 * A computer of 4 processors and 8 GB with two switches, its user an administrator. It is kept in the form of the stand-in for VBoxManage,
 * whose guests play the VMs of this one: a switch is an interface, what else there is of it lies in `global`. An address in
 * `global.imagined` makes all guests imagined.
 */
export function emptyWorld(network: string): World {
  return {
    version: 'Hyper-V',
    vms: {},
    media: {},
    dhcp: {},
    interfaces: Object.fromEntries(Object.values(switches).map(({ name }) => [name, { ip: network, mask: '255.255.255.0' }])),
    global: {
      rights: JSON.stringify({ module: true, administrator: true, hyperVAdministrator: false }),
      cpus: '4',
      memory: String(8 * 2 ** 30),
      switches: JSON.stringify(Object.values(switches)),
    },
  };
}
