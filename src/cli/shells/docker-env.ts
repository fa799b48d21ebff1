import { dockerVariables } from '../../machine/access/docker-variables.js';
import type { Shell } from './shells.js';

/** What the variables of a Docker client point to. */
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

/** The lines that undo `setLines`. */
export function unsetLines(shell: Shell): string[] {
  return Object.keys(dockerVariables('', { url: '', certDir: '' })).map((name) => shell.unset(name));
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
