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

/**
 * The names of the variables that list hosts without a proxy: those that are set, because some programs read one first and some the other;
 * `NO_PROXY` where neither is. On Windows both names mean one variable.
 */
export function noProxyNames(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly ('no_proxy' | 'NO_PROXY')[] {
  const given = (['no_proxy', 'NO_PROXY'] as const).filter((name) => env[name]);
  if (given.length === 0) return ['NO_PROXY'];
  return platform === 'win32' ? given.slice(0, 1) : given;
}

/** The list of hosts without a proxy in `list`, with the machine's address, which is added only once. */
export function noProxyValue(list: string | undefined, ip: string): string {
  const entries = (list ?? '').split(',').filter((entry) => entry !== '');
  return (entries.includes(ip) ? entries : [...entries, ip]).join(',');
}
