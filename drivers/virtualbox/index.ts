import { nicTypes, promiscuousModes, uiTypes } from './choices.js';
import type { DriverModule, FlagSpec } from '../../src/driver/contract.js';

const flags: readonly FlagSpec[] = [
  { name: 'virtualbox-memory', type: 'int', default: 1024, env: 'VIRTUALBOX_MEMORY_SIZE', usage: 'Size of memory for host in MB' },
  {
    name: 'virtualbox-cpu-count',
    type: 'int',
    default: 1,
    env: 'VIRTUALBOX_CPU_COUNT',
    usage: 'number of CPUs for the machine (-1 to use the number of CPUs available)',
  },
  { name: 'virtualbox-disk-size', type: 'int', default: 20_000, env: 'VIRTUALBOX_DISK_SIZE', usage: 'Size of disk for host in MB' },
  {
    name: 'virtualbox-image',
    type: 'string',
    default: 'debian',
    env: 'VIRTUALBOX_IMAGE',
    usage: 'Cloud image to boot: a short name (debian, ubuntu, ubuntu-24.04, ...), URL#sha256:..., or a path',
  },
  {
    name: 'virtualbox-engine-at-boot',
    type: 'bool',
    env: 'VIRTUALBOX_ENGINE_AT_BOOT',
    usage: "Let the guest install its distribution's docker.io while it boots first, instead of by provisioning (Debian, Ubuntu)",
  },
  {
    name: 'virtualbox-boot2docker-url',
    type: 'string',
    default: '',
    env: 'VIRTUALBOX_BOOT2DOCKER_URL',
    usage: 'Boot this boot2docker ISO, a URL or a path, instead of a cloud image',
  },
  {
    name: 'virtualbox-import-boot2docker-vm',
    type: 'string',
    default: '',
    env: 'VIRTUALBOX_BOOT2DOCKER_IMPORT_VM',
    usage: "Boot boot2docker with a copy of the disk of this VM, which was made by boot2docker's own tool",
  },
  { name: 'virtualbox-host-dns-resolver', type: 'bool', env: 'VIRTUALBOX_HOST_DNS_RESOLVER', usage: 'Use the host DNS resolver' },
  {
    name: 'virtualbox-nat-nictype',
    values: nicTypes,
    type: 'string',
    default: '82540EM',
    env: 'VIRTUALBOX_NAT_NICTYPE',
    usage: 'Network card of the NAT adapter',
  },
  {
    name: 'virtualbox-nat-only',
    type: 'bool',
    env: 'VIRTUALBOX_NAT_ONLY',
    usage: 'No host-only network: the engine is reached through a forwarded port of 127.0.0.1',
  },
  {
    name: 'virtualbox-hostonly-cidr',
    type: 'string',
    default: '192.168.99.1/24',
    env: 'VIRTUALBOX_HOSTONLY_CIDR',
    usage: 'Address of this computer on the host-only network; the default one gives way to a range that VirtualBox allows',
  },
  {
    name: 'virtualbox-hostonly-nictype',
    values: nicTypes,
    type: 'string',
    default: '82540EM',
    env: 'VIRTUALBOX_HOSTONLY_NIC_TYPE',
    usage: 'Network card of the host-only adapter',
  },
  {
    name: 'virtualbox-hostonly-nicpromisc',
    values: promiscuousModes,
    type: 'string',
    default: 'deny',
    env: 'VIRTUALBOX_HOSTONLY_NIC_PROMISC',
    usage: 'Promiscuous mode of the host-only adapter',
  },
  { name: 'virtualbox-hostonly-no-dhcp', type: 'bool', env: 'VIRTUALBOX_HOSTONLY_NO_DHCP', usage: 'Disable the host-only DHCP server' },
  {
    name: 'virtualbox-ui-type',
    values: uiTypes,
    type: 'string',
    default: 'headless',
    env: 'VIRTUALBOX_UI_TYPE',
    usage: 'UI type',
  },
  { name: 'virtualbox-no-share', type: 'bool', env: 'VIRTUALBOX_NO_SHARE', usage: 'Share no folder with the guest' },
  {
    name: 'virtualbox-share-folder',
    type: 'string',
    default: '',
    env: 'VIRTUALBOX_SHARE_FOLDER',
    usage: 'Share this directory, DIR:NAME, which the guest mounts at /NAME (default: the home directories)',
  },
  { name: 'virtualbox-no-dns-proxy', type: 'bool', env: 'VIRTUALBOX_NO_DNS_PROXY', usage: 'Disable proxying all DNS requests to the host' },
  {
    name: 'virtualbox-no-vtx-check',
    type: 'bool',
    env: 'VIRTUALBOX_NO_VTX_CHECK',
    usage: 'Do not check whether hardware virtualization is there',
  },
];

const virtualbox: DriverModule = {
  name: 'virtualbox',
  contract: 2,
  summary: 'A virtual machine of VirtualBox on this computer',
  // The endpoint says more: a cloud image's host key is pinned before its first boot; boot2docker and machines of Docker Machine are
  // trusted at the first contact.
  describe: () => Promise.resolve({ flags, features: { provision: true, powerControl: true, ownsHost: true, hostKeyKnown: false } }),
  open: async () => ({ ...(await import('./driver.js')).virtualbox, close: () => Promise.resolve() }),
};

export default virtualbox;
