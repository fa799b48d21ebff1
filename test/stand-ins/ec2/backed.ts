import type { Lab } from '../../helpers/lab.js';
import { Backing, type BackedCloud, type BackingOptions, type Happening } from '../backing/backing.js';
import type { Ec2StandIn } from './index.js';
import type { StateNote } from './types.js';

/** Who may log in when the user data names nobody, by the owner of the image. */
const users: Readonly<Record<string, string>> = { ubuntu: 'ubuntu', debian: 'admin', al2023: 'ec2-user', amzn2: 'ec2-user' };

interface Options extends BackingOptions {
  /** Name of an image, for its id. Default: Ubuntu's names. */
  readonly imageName?: (id: string) => Promise<string>;
}

/** Plays the instances of a stand-in that was reset with `backed: true` by hosts of a lab. See `Backing`. */
export class BackedInstances extends Backing {
  constructor(cloud: Ec2StandIn, lab: Lab, { imageName, ...options }: Options = {}) {
    super(backed(cloud, imageName), lab, options);
  }
}

function backed(cloud: Ec2StandIn, imageName?: Options['imageName']): BackedCloud {
  return {
    async happenings(seen) {
      const { states, reset } = await cloud.notes(seen, 1);
      return { events: states.map(happening), reset };
    },
    async guest(id) {
      const found = (await cloud.instances()).find(({ shown }) => shown.InstanceId === id);
      if (!found) return undefined;
      const { shown, userData, publicKey } = found;
      const name = (await imageName?.(shown.ImageId)) ?? 'ubuntu';
      return {
        id,
        hostname: `ip-${(shown.PrivateIpAddress ?? '').replaceAll('.', '-')}`,
        user: users[/[a-z]+\d*/.exec(name)?.[0] ?? ''] ?? 'ubuntu',
        userData: Buffer.from(userData ?? '', 'base64'),
        ...(publicKey === null ? {} : { publicKey }),
      };
    },
    async change(id, { state, address, console }) {
      await cloud.setInstance(id, {
        ...(state === undefined ? {} : { state: state === 'removed' ? 'terminated' : state }),
        ...(address === undefined ? {} : { privateAddress: address, publicAddress: address }),
        ...(console === undefined ? {} : { console }),
      });
    },
  };
}

const whats: Readonly<Record<Exclude<StateNote['state'], 'running'>, Happening['what']>> = {
  pending: 'start',
  stopping: 'stop',
  stopped: 'stop',
  'shutting-down': 'remove',
  terminated: 'remove',
  reboot: 'reboot',
};

function happening({ id, state }: StateNote): Happening | undefined {
  return state === 'running' ? undefined : { id, what: whats[state], asked: state !== 'stopped' && state !== 'terminated' };
}
