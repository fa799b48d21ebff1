import type { Shell } from './shells.js';

/** What the variables of a Docker client point to. */
export interface DockerVariables {
  readonly name: string;
  readonly url: string;
  readonly certDir: string;
}

const names = ['DOCKER_TLS_VERIFY', 'DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_MACHINE_NAME'] as const;

/** The lines that point a Docker client to a machine, in Docker Machine's order, which scripts parse. */
export function setLines(shell: Shell, machine: DockerVariables, platform: NodeJS.Platform): string[] {
  const values = ['1', machine.url, machine.certDir, machine.name];
  const lines = names.map((name, i) => shell.set(name, values[i] ?? ''));
  return platform === 'win32' ? [...lines, shell.set('COMPOSE_CONVERT_WINDOWS_PATHS', 'true')] : lines;
}

/** The lines that undo `setLines`. */
export function unsetLines(shell: Shell): string[] {
  return names.map((name) => shell.unset(name));
}

/** The name of the variable that lists hosts without a proxy: `no_proxy` if it is set, else `NO_PROXY`. */
export function noProxyName(env: NodeJS.ProcessEnv): 'no_proxy' | 'NO_PROXY' {
  return env['no_proxy'] ? 'no_proxy' : 'NO_PROXY';
}

/** The value of that variable with the machine's address, which is added only once. */
export function noProxyValue(env: NodeJS.ProcessEnv, ip: string): string {
  const entries = (env[noProxyName(env)] ?? '').split(',').filter((entry) => entry !== '');
  return (entries.includes(ip) ? entries : [...entries, ip]).join(',');
}
