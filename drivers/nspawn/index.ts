import type { DriverModule, FlagSpec } from '../../src/driver/contract.js';

const flags: readonly FlagSpec[] = [
  {
    name: 'nspawn-suite',
    type: 'string',
    default: 'trixie',
    env: 'NSPAWN_SUITE',
    usage: 'Debian release of the machine: bookworm, trixie, sid, ...',
  },
  {
    name: 'nspawn-mirror',
    type: 'string',
    default: '',
    env: 'NSPAWN_MIRROR',
    usage: 'Package mirror URL (default: the one this computer uses, if it runs Debian)',
  },
  {
    name: 'nspawn-cidr',
    type: 'string',
    default: '',
    env: 'NSPAWN_CIDR',
    usage: 'Address range of the machines, such as 10.210.0.0/24 (default: the first free one of 10.210.0.0/16)',
  },
  { name: 'nspawn-memory', type: 'int', default: 0, env: 'NSPAWN_MEMORY', usage: 'Memory limit in MB, 0 for none' },
  { name: 'nspawn-cpus', type: 'int', default: 0, env: 'NSPAWN_CPUS', usage: 'Number of CPUs the machine may use, 0 for all' },
  {
    name: 'nspawn-rootfs',
    type: 'string',
    default: '',
    env: 'NSPAWN_ROOTFS',
    file: true,
    usage: 'Your own root file system, a tarball with systemd and sshd, instead of a Debian release',
  },
  {
    name: 'nspawn-open',
    type: 'bool',
    default: false,
    env: 'NSPAWN_OPEN',
    usage: 'Let other networks connect to the machine; without it only this computer and its machines can',
  },
  {
    name: 'nspawn-engine',
    type: 'string',
    default: 'image',
    env: 'NSPAWN_ENGINE',
    values: ['image', 'machine'],
    usage: 'Whether the engine is installed once in the cached image, or in each machine',
  },
];

const nspawn: DriverModule = {
  name: 'nspawn',
  contract: 2,
  summary: 'A Linux machine on this very computer, in seconds (Linux, root)',
  describe: () => Promise.resolve({ flags, features: { provision: true, powerControl: true, ownsHost: true, hostKeyKnown: true } }),
  open: async () => ({ ...(await import('./driver.js')).nspawn, close: () => Promise.resolve() }),
};

export default nspawn;
