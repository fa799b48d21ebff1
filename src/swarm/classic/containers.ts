import { posix } from 'node:path';

import { defaultSwarmHost, swarmPort } from '../../store/config/swarm-address.js';

/** The SwarmOptions of config.json, as Docker Machine writes them. */
export interface ClassicOptions {
  readonly Agent: boolean;
  readonly Master: boolean;
  readonly Discovery: string;
  readonly Host: string;
  readonly Image: string;
  readonly Strategy: string;
  readonly ArbitraryFlags: readonly string[];
  readonly ArbitraryJoinFlags: readonly string[];
  readonly IsExperimental: boolean;
}

export interface ClassicMember {
  readonly options: ClassicOptions;
  /** The machine's address as in URLs: IPv6 in brackets. */
  readonly address: string;
  readonly enginePort: number;
  /** The engine's environment, which the containers share. */
  readonly env: readonly string[];
  /** The engine's certificates on the host. */
  readonly certificates: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Fingerprint of the server certificate. A master reads the certificate only when it starts, so a new one needs a new container. */
  readonly fingerprint: string;
}

/** A container of classic swarm; `config` is the body of `POST /containers/create`. */
export interface ClassicContainer {
  readonly name: 'swarm-agent-master' | 'swarm-agent';
  readonly image: string;
  readonly config: ContainerConfig;
}

export interface ContainerConfig {
  readonly Image: string;
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly ExposedPorts: Readonly<Record<string, object>>;
  readonly HostConfig: {
    readonly Binds: readonly string[];
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>>;
    readonly RestartPolicy: { readonly Name: 'always' };
  };
}

const certificateLabel = 'tsmachine.server-certificate';

/** The containers that make a machine master, agent or both, in the order in which they start. */
export function classicContainers(member: ClassicMember): ClassicContainer[] {
  const { Master, Agent } = member.options;
  return [...(Master ? [master(member)] : []), ...(Agent ? [agent(member)] : [])];
}

/** Advertises the port of `--swarm-host`. Docker Machine always advertised 3376 (see docs/compatibility.md). */
function master({ options, address, env, certificates: { ca, cert, key }, fingerprint }: ClassicMember): ClassicContainer {
  const port = swarmPort(options.Host);
  const folders = [...new Set([ca, cert, key].map((path) => posix.dirname(path)))];
  const cmd = [
    'manage',
    '--tlsverify',
    `--tlscacert=${ca}`,
    `--tlscert=${cert}`,
    `--tlskey=${key}`,
    '-H',
    options.Host || defaultSwarmHost,
    '--strategy',
    options.Strategy,
    '--advertise',
    `${address}:${port}`,
    ...asFlags(options.ArbitraryFlags),
  ];
  return container('swarm-agent-master', options, cmd, {
    Env: env,
    Labels: { [certificateLabel]: fingerprint },
    ExposedPorts: { '2375/tcp': {}, [`${port}/tcp`]: {} },
    HostConfig: {
      Binds: folders.map((folder) => `${folder}:${folder}`),
      PortBindings: { [`${port}/tcp`]: [{ HostIp: address.startsWith('[') ? '' : '0.0.0.0', HostPort: String(port) }] },
      RestartPolicy: { Name: 'always' },
    },
  });
}

function agent({ options, address, enginePort, env }: ClassicMember): ClassicContainer {
  const cmd = ['join', '--advertise', `${address}:${enginePort}`, ...asFlags(options.ArbitraryJoinFlags)];
  return container('swarm-agent', options, cmd, {
    Env: env,
    Labels: {},
    ExposedPorts: {},
    HostConfig: { Binds: [], PortBindings: {}, RestartPolicy: { Name: 'always' } },
  });
}

function container(
  name: ClassicContainer['name'],
  options: ClassicOptions,
  cmd: readonly string[],
  rest: Omit<ContainerConfig, 'Image' | 'Cmd'>,
): ClassicContainer {
  const image = options.Image || 'swarm:latest';
  const experimental = options.IsExperimental ? ['--experimental'] : [];
  // without the argument, the program uses SWARM_DISCOVERY of its environment
  const discovery = options.Discovery === '' ? [] : [options.Discovery];
  return { name, image, config: { Image: image, Cmd: [...experimental, ...cmd, ...discovery], ...rest } };
}

function asFlags(texts: readonly string[]): string[] {
  return texts.map((text) => `--${text}`);
}
