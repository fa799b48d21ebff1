import type { DriverModule, FlagSpec } from '../../src/driver/contract.js';

const flags: readonly FlagSpec[] = [
  { name: 'hyperv-memory', type: 'int', default: 1024, env: 'HYPERV_MEMORY', usage: 'Memory size for host in MB' },
  { name: 'hyperv-cpu-count', type: 'int', default: 1, env: 'HYPERV_CPU_COUNT', usage: 'number of CPUs for the machine' },
  {
    name: 'hyperv-disk-size',
    type: 'int',
    default: 20_000,
    env: 'HYPERV_DISK_SIZE',
    usage: 'Maximum size of dynamically expanding disk in MB',
  },
  {
    name: 'hyperv-image',
    type: 'string',
    default: 'debian',
    env: 'HYPERV_IMAGE',
    usage: 'Cloud image to boot: a short name (debian, ubuntu, ubuntu-24.04, ...), URL#sha256:..., or a path',
  },
  {
    name: 'hyperv-engine-at-boot',
    type: 'bool',
    env: 'HYPERV_ENGINE_AT_BOOT',
    usage: "Let the guest install its distribution's docker.io while it boots first, instead of by provisioning (Debian, Ubuntu)",
  },
  {
    name: 'hyperv-boot2docker-url',
    type: 'string',
    default: '',
    env: 'HYPERV_BOOT2DOCKER_URL',
    usage: 'Boot this boot2docker ISO, a URL or a path, instead of a cloud image',
  },
  {
    name: 'hyperv-virtual-switch',
    type: 'string',
    default: '',
    env: 'HYPERV_VIRTUAL_SWITCH',
    usage: 'Virtual switch name (default: the first external one, else Default Switch)',
  },
  {
    name: 'hyperv-static-macaddress',
    type: 'string',
    default: '',
    env: 'HYPERV_STATIC_MACADDRESS',
    usage: 'Static MAC address of the network adapter',
  },
  { name: 'hyperv-vlan-id', type: 'int', default: 0, env: 'HYPERV_VLAN_ID', usage: 'VLAN of the network adapter, 1 to 4094; 0 for none' },
  {
    name: 'hyperv-disable-dynamic-memory',
    type: 'bool',
    env: 'HYPERV_DISABLE_DYNAMIC_MEMORY',
    usage: 'Give the machine all of its memory at all times',
  },
  {
    name: 'hyperv-disable-secure-boot',
    type: 'bool',
    env: 'HYPERV_DISABLE_SECURE_BOOT',
    usage: "Boot an image whose boot loader is not signed by Microsoft's UEFI certificate authority",
  },
];

const hyperv: DriverModule = {
  name: 'hyperv',
  contract: 2,
  summary: 'A virtual machine of Hyper-V on this computer (Windows)',
  // Each endpoint decides: a cloud image's host key is pinned before its first boot; that of boot2docker and of machines of Docker Machine
  // is trusted at the first contact.
  describe: () => Promise.resolve({ flags, features: { provision: true, powerControl: true, ownsHost: true, hostKeyKnown: false } }),
  open: async () => ({ ...(await import('./driver.js')).hyperv, close: () => Promise.resolve() }),
};

export default hyperv;
