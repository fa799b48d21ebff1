import type { Lab } from '../../helpers/lab.js';
import { Backing, type BackedCloud, type BackingOptions, type Happening } from '../backing/backing.js';
import type { GceStandIn } from './index.js';
import type { StateNote } from './types.js';

/** Plays the instances of a stand-in that was reset with `backed: true` by hosts of a lab. See `Backing`. */
export class BackedInstances extends Backing {
  constructor(cloud: GceStandIn, lab: Lab, options: BackingOptions = {}) {
    super(backed(cloud), lab, options);
  }
}

function backed(cloud: GceStandIn): BackedCloud {
  return {
    async happenings(seen) {
      const { states, reset } = await cloud.notes(seen, 1);
      return { events: states.map(happening), reset };
    },
    async guest(id) {
      const found = (await cloud.instances()).find((each) => each.id === id);
      if (!found) return undefined;
      const { name, image, metadata } = found;
      const user = image.startsWith('debian') ? 'debian' : 'ubuntu';
      return { id, hostname: name, user, userData: Buffer.from(metadata['user-data'] ?? '') };
    },
    async change(id, { state, address, console }) {
      // the console of an instance that is no more is nobody's
      if (!(await cloud.instances()).some((each) => each.id === id)) return;
      await cloud.setInstance(id, {
        ...(state === undefined ? {} : { state: state === 'removed' ? 'deleted' : state }),
        ...(address === undefined ? {} : { privateAddress: address, publicAddress: address }),
        ...(console === undefined ? {} : { console }),
      });
    },
  };
}

const whats: Readonly<Record<Exclude<StateNote['state'], 'running'>, Happening['what']>> = {
  starting: 'start',
  stopping: 'stop',
  stopped: 'stop',
  deleting: 'remove',
  deleted: 'remove',
  reset: 'reboot',
};

function happening({ id, state }: StateNote): Happening | undefined {
  return state === 'running' ? undefined : { id, what: whats[state], asked: /ing$/.test(state) };
}
