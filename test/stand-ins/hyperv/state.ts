import { changeWorld } from '../guests/state.js';

/** What a Hyper-V holds. Kept in one file, changed under a lock. */
export interface World {
  /** By id. */
  vms: Record<string, Vm>;
  /** By the name of a switch: this computer's address in it. */
  networks: Record<string, { ip: string; mask: string }>;
  /** Facts of the computer, most of them in JSON; `lease/MAC` to the address of a guest. */
  global: Record<string, string>;
}

export interface Vm {
  uuid: string;
  name: string;
  folder: string;
  /** ISO 8601. */
  created: string;
  settings: Record<string, string>;
  /** `SCSI-0-0` to a path. */
  attached: Record<string, string>;
  state: 'poweroff' | 'running' | 'paused' | 'saved';
  /** The process that plays the running VM. */
  pid: number;
}

/** Changes what Hyper-V holds while nobody else does; a change that throws changes nothing. */
export function change<T>(work: (world: World) => T): T {
  return changeWorld(work);
}

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
 * A computer with 4 processors, 8 GB and two switches, its user an administrator. With an address in `global.imagined` all guests are
 * imagined: they boot at once and have that address.
 * @param network this computer's address in the networks of both switches
 */
export function emptyWorld(network: string): World {
  return {
    vms: {},
    networks: Object.fromEntries(Object.values(switches).map(({ name }) => [name, { ip: network, mask: '255.255.255.0' }])),
    global: {
      rights: JSON.stringify({ module: true, administrator: true, hyperVAdministrator: false }),
      cpus: '4',
      memory: String(8 * 2 ** 30),
      switches: JSON.stringify(Object.values(switches)),
    },
  };
}
