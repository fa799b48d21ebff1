import { isLike, type Distribution } from './family.js';

/** Alpine: apk and OpenRC. The engine is in its community repository. */
export const alpine = {
  family: 'alpine',
  covers: 'Alpine Linux',
  matches: (os) => isLike(os, 'alpine'),
  provisioner: () => 'alpine',
  packages: {
    template: 'provision/install-apk.sh',
    upgrade: 'provision/upgrade-apk.sh',
    distro: () => ({ packages: ['docker'] }),
    docker: () => undefined,
  },
} as const satisfies Distribution;
