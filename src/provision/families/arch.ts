import { isLike, type Distribution } from './family.js';

/** Arch Linux and its derivatives: pacman. */
export const arch = {
  family: 'arch',
  covers: 'Arch Linux and its derivatives',
  matches: (os) => isLike(os, 'arch', 'archlinux', 'manjaro'),
  provisioner: () => 'arch',
  packages: {
    template: 'provision/install-pacman.sh',
    upgrade: 'provision/upgrade-pacman.sh',
    distro: () => ({ packages: ['docker'] }),
    docker: () => undefined,
  },
} as const satisfies Distribution;
