/** Where a classic swarm's master listens unless `--swarm-host` says otherwise. */
export const defaultSwarmHost = 'tcp://0.0.0.0:3376';

/** The port of `--swarm-host`. Files of old versions may hold none. */
export function swarmPort(swarmHost: string): number {
  return Number(/:(\d+)\/?$/.exec(swarmHost)?.[1] ?? 3376);
}

/**
 * The URL at which a docker client reaches the whole swarm: the master's engine URL with the swarm's port.
 * Undefined for an engine without a network address.
 */
export function swarmUrl(engineUrl: string, swarmHost: string): string | undefined {
  const host = /^tcp:\/\/(\[[^\]]+\]|[^:/[\]]+)/.exec(engineUrl)?.[1];
  return host === undefined ? undefined : `tcp://${host}:${swarmPort(swarmHost)}`;
}
