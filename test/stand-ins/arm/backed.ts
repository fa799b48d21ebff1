import { createHash } from 'node:crypto';

import type { Lab } from '../../helpers/lab.js';
import { Backing, type BackedCloud, type BackingOptions, type Happening } from '../backing/backing.js';
import type { ArmStandIn } from './index.js';
import type { KeptMachine, StateNote } from './types.js';

/** Plays the machines of a stand-in that was reset with `backed: true` by hosts of a lab. See `Backing`. Addresses stay, as Azure's static ones do. */
export class BackedMachines extends Backing {
  constructor(cloud: ArmStandIn, lab: Lab, options: Omit<BackingOptions, 'keepsAddress'> = {}) {
    super(backed(cloud), lab, { ...options, keepsAddress: true });
  }
}

/** What a host is called: ids of Azure are paths. */
function labelOf(id: string): string {
  return `vm-${createHash('sha256').update(id.toLowerCase()).digest('hex').slice(0, 12)}`;
}

function backed(cloud: ArmStandIn): BackedCloud {
  const find = async (label: string): Promise<KeptMachine | undefined> => (await cloud.machines()).find(({ id }) => labelOf(id) === label);
  return {
    async happenings(seen) {
      const { states, reset } = await cloud.notes(seen, 1);
      return { events: states.map(happening), reset };
    },
    async guest(label) {
      const found = await find(label);
      if (!found) return undefined;
      const { name, user, customData, publicKeys } = found;
      const [publicKey] = publicKeys;
      return {
        id: label,
        hostname: name,
        user: user ?? 'azureuser',
        userData: Buffer.from(customData ?? '', 'base64'),
        ...(publicKey === undefined ? {} : { publicKey }),
      };
    },
    async change(label, { state, address, console }) {
      const found = await find(label);
      if (!found) return;
      await cloud.setMachine(found.id, {
        ...(address === undefined ? {} : { privateAddress: address, publicAddress: address }),
        ...(console === undefined ? {} : { console }),
      });
      // the end of a restart is told by the console alone, that of everything else by a state
      if (state !== undefined || found.power === 'running') await cloud.settle(found.id);
    },
  };
}

const whats: Readonly<Record<StateNote['state'], Happening['what']>> = {
  creating: 'start',
  starting: 'start',
  stopping: 'stop',
  deallocating: 'stop',
  restarting: 'reboot',
  deleting: 'remove',
  deleted: 'remove',
};

function happening({ id, state }: StateNote): Happening {
  return { id: labelOf(id), what: whats[state], asked: state !== 'deleted' };
}
