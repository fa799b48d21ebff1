import type { DriverModule, FlagSpec } from '../../src/driver/contract.js';

const flags: readonly FlagSpec[] = [
  { name: 'generic-engine-port', type: 'int', default: 2376, env: 'GENERIC_ENGINE_PORT', usage: 'Docker engine port' },
  {
    name: 'generic-host-key',
    type: 'string',
    default: '',
    env: 'GENERIC_HOST_KEY',
    usage: "The host's SSH key: its public key, or a fingerprint such as SHA256:...",
  },
  {
    name: 'generic-ip-address',
    type: 'string',
    default: '',
    env: 'GENERIC_IP_ADDRESS',
    example: '10.0.0.5',
    usage: 'IP address, DNS name or ssh_config name of the host',
  },
  { name: 'generic-ssh-user', type: 'string', default: 'root', soft: true, env: 'GENERIC_SSH_USER', usage: 'SSH user' },
  {
    name: 'generic-ssh-key',
    type: 'string',
    default: '',
    env: 'GENERIC_SSH_KEY',
    file: true,
    usage: 'SSH private key (default: agent, then your default keys)',
  },
  { name: 'generic-ssh-port', type: 'int', default: 22, soft: true, env: 'GENERIC_SSH_PORT', usage: 'SSH port' },
  {
    name: 'generic-jump-host',
    type: 'strings',
    env: 'GENERIC_JUMP_HOST',
    usage: 'Reach the host through [user@]host[:port]; repeat for a chain',
  },
];

const generic: DriverModule = {
  name: 'generic',
  contract: 2,
  summary: 'Any Linux host that answers SSH',
  describe: () => Promise.resolve({ flags, features: { provision: true, powerControl: false, ownsHost: false, hostKeyKnown: false } }),
  open: async () => ({ ...(await import('./driver.js')).generic, close: () => Promise.resolve() }),
};

export default generic;
