import { dockerVariables } from '../../machine/access/docker-variables.js';
import type { Shell } from './shells.js';

export interface DockerVariables {
  readonly name: string;
  readonly url: string;
  readonly certDir: string;
}

/** The lines that point a docker client at a machine, in Docker Machine's order. */
export function setLines(shell: Shell, machine: DockerVariables, platform: NodeJS.Platform): string[] {
  const lines = Object.entries(dockerVariables(machine.name, machine)).map(([name, value]) => shell.set(name, value));
  return platform === 'win32' ? [...lines, shell.set('COMPOSE_CONVERT_WINDOWS_PATHS', 'true')] : lines;
}

export function unsetLines(shell: Shell): string[] {
  return Object.keys(dockerVariables('', { url: '', certDir: '' })).map((name) => shell.unset(name));
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
