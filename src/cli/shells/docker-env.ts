import type { Shell } from './shells.js';

export interface DockerVariables {
  readonly name: string;
  readonly url: string;
  readonly certDir: string;
}

const names = ['DOCKER_TLS_VERIFY', 'DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_MACHINE_NAME'] as const;

/** The lines that point a docker client at a machine, in Docker Machine's order (spec 2.4). */
export function setLines(shell: Shell, machine: DockerVariables, platform: NodeJS.Platform): string[] {
  const values = ['1', machine.url, machine.certDir, machine.name];
  const lines = names.map((name, i) => shell.set(name, values[i] ?? ''));
  return platform === 'win32' ? [...lines, shell.set('COMPOSE_CONVERT_WINDOWS_PATHS', 'true')] : lines;
}

export function unsetLines(shell: Shell): string[] {
  return names.map((name) => shell.unset(name));
}

/** The variable that keeps a proxy out of the way, in the spelling that is in use already. */
export function noProxyName(env: NodeJS.ProcessEnv): 'no_proxy' | 'NO_PROXY' {
  return env['no_proxy'] ? 'no_proxy' : 'NO_PROXY';
}

/** Adds the machine's address to the variable's value, once. */
export function noProxyValue(env: NodeJS.ProcessEnv, ip: string): string {
  const entries = (env[noProxyName(env)] ?? '').split(',').filter((entry) => entry !== '');
  return (entries.includes(ip) ? entries : [...entries, ip]).join(',');
}
