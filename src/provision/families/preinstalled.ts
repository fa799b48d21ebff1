import { isLike, type Distribution } from './family.js';

/** Image-based systems that include the engine and have no package manager. */
export const preinstalled = {
  family: 'preinstalled',
  covers: 'Flatcar, Fedora CoreOS',
  matches: (os) => isLike(os, 'coreos', 'flatcar') || (os.id === 'fedora' && os.variantId === 'coreos'),
  provisioner: (os) => (os.id === 'fedora' ? 'Fedora CoreOS' : os.id === 'flatcar' ? 'flatcar' : 'coreOS'),
  systemUpgrade: (os) =>
    os.id === 'fedora' ? 'sudo rpm-ostree upgrade && sudo systemctl reboot' : 'sudo update_engine_client -update && sudo systemctl reboot',
} as const satisfies Distribution;
