import type { DockerConnection } from '../query.js';

/** The variables that point a docker client at a machine: what `env` prints. Add them to the environment of a child process. */
export function dockerVariables(name: string, { url, certDir }: Pick<DockerConnection, 'url' | 'certDir'>): Record<string, string> {
  return { DOCKER_TLS_VERIFY: '1', DOCKER_HOST: url, DOCKER_CERT_PATH: certDir, DOCKER_MACHINE_NAME: name };
}
