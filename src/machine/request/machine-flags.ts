import type { FlagSpec } from '../../base/flags.js';
import { installModes } from '../../base/machine.js';

/** Docker Machine's default driver. */
export const defaultDriver = 'virtualbox';

/** The flags of a new machine that do not depend on its driver: Docker Machine's, then tsmachine's own. */
export const machineFlags: readonly FlagSpec[] = [
  {
    name: 'engine-install-url',
    type: 'string',
    default: 'https://get.docker.com',
    env: 'MACHINE_DOCKER_INSTALL_URL',
    usage: 'Custom URL to use for engine installation',
  },
  { name: 'engine-opt', type: 'strings', usage: 'Specify arbitrary flags to include with the created engine in the form flag=value' },
  { name: 'engine-insecure-registry', type: 'strings', usage: 'Specify insecure registries to allow with the created engine' },
  { name: 'engine-registry-mirror', type: 'strings', env: 'ENGINE_REGISTRY_MIRROR', usage: 'Specify registry mirrors to use' },
  { name: 'engine-label', type: 'strings', usage: 'Specify labels for the created engine' },
  { name: 'engine-storage-driver', type: 'string', default: '', usage: 'Specify a storage driver to use with the engine' },
  { name: 'engine-env', type: 'strings', usage: 'Specify environment variables to set in the engine' },
  { name: 'engine-install', type: 'string', default: 'auto', values: installModes, usage: 'How to install the engine' },
  {
    name: 'engine-allow-removals',
    type: 'bool',
    usage: 'Let packages on the host be removed, downgraded, or container runtimes upgraded, to install the engine',
  },
  { name: 'engine-install-insecure', type: 'bool', usage: 'Let the script of --engine-install-url come over plain http' },
  { name: 'engine-version', type: 'string', default: '', usage: 'Install this version of the engine' },
  { name: 'swarm', type: 'bool', usage: 'Configure Machine to join a Swarm cluster' },
  {
    name: 'swarm-image',
    type: 'string',
    default: 'swarm:latest',
    env: 'MACHINE_SWARM_IMAGE',
    usage: 'Specify Docker image to use for Swarm',
  },
  { name: 'swarm-master', type: 'bool', usage: 'Configure Machine to be a Swarm master' },
  { name: 'swarm-discovery', type: 'string', default: '', usage: 'Discovery service to use with Swarm' },
  { name: 'swarm-strategy', type: 'string', default: 'spread', usage: 'Define a default scheduling strategy for Swarm' },
  { name: 'swarm-opt', type: 'strings', usage: 'Define arbitrary flags for Swarm master' },
  { name: 'swarm-join-opt', type: 'strings', usage: 'Define arbitrary flags for Swarm join' },
  { name: 'swarm-host', type: 'string', default: 'tcp://0.0.0.0:3376', usage: 'ip/socket to listen on for Swarm master' },
  { name: 'swarm-addr', type: 'string', default: '', usage: 'addr to advertise for Swarm (default: detect and use the machine IP)' },
  { name: 'swarm-experimental', type: 'bool', usage: 'Enable Swarm experimental features' },
  { name: 'tls-san', type: 'strings', usage: 'Support extra SANs for TLS certs' },
];

/** Whether a flag is about classic swarms, which Docker Machine made before Docker had swarms of its own. */
export function isForClassicSwarm({ name }: FlagSpec): boolean {
  return name.startsWith('swarm');
}

/** The flags for machines of a swarm as Docker has it today. */
export const flagsWithoutClassicSwarm: readonly FlagSpec[] = machineFlags.filter((flag) => !isForClassicSwarm(flag));
