import { isLike, type Distribution } from './family.js';

/** SLES and openSUSE: zypper. On SLES the package is in the Containers module. */
export const suse = {
  family: 'suse',
  covers: 'SLES, openSUSE Leap and Tumbleweed',
  matches: (os) => isLike(os, 'suse', 'sles', 'sled', 'opensuse') || os.id.startsWith('opensuse'),
  provisioner: (os) => (os.id.startsWith('opensuse') ? 'openSUSE' : 'SUSE'),
  packages: {
    template: 'provision/install-zypper.sh',
    upgrade: 'provision/upgrade-zypper.sh',
    distro: () => ({ packages: ['docker'] }),
    docker: () => undefined,
  },
} as const satisfies Distribution;
