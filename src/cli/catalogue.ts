import type { CommandClass } from './command.js';

export interface CatalogueEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ default: CommandClass }>;
}

/** Every command in the order of the global help (spec 1.2). Each is loaded only when it runs: start-up time is for all. */
export const catalogue: readonly CatalogueEntry[] = [
  { name: 'active', summary: 'Print which machine is active', load: () => import('../commands/active.js') },
  {
    name: 'adopt', summary: 'Take over a host that another store made, without changing it', load: () => import('../commands/adopt.js'),
  },
  { name: 'config', summary: 'Print the connection config for machine', load: () => import('../commands/config.js') },
  { name: 'context create', summary: 'Make docker contexts for machines', load: () => import('../commands/context/create.js') },
  { name: 'context ls', summary: 'List the docker contexts of machines', load: () => import('../commands/context/ls.js') },
  { name: 'context rm', summary: 'Remove docker contexts of machines', load: () => import('../commands/context/rm.js') },
  { name: 'create', summary: 'Create a machine', load: () => import('../commands/create.js') },
  {
    name: 'doctor', summary: 'Find what is wrong with machines, the store and this computer', load: () => import('../commands/doctor.js'),
  },
  {
    name: 'env', summary: 'Display the commands to set up the environment for the Docker client', load: () => import('../commands/env.js'),
  },
  { name: 'export', summary: 'Write machines into one file, to use them elsewhere', load: () => import('../commands/export.js') },
  { name: 'import', summary: 'Take machines out of a file that export wrote', load: () => import('../commands/import.js') },
  { name: 'inspect', summary: 'Inspect information about a machine', load: () => import('../commands/inspect.js') },
  { name: 'ip', summary: 'Get the IP address of a machine', load: () => import('../commands/ip.js') },
  { name: 'kill', summary: 'Kill a machine', load: () => import('../commands/kill.js') },
  { name: 'ls', summary: 'List machines', load: () => import('../commands/ls.js') },
  { name: 'provision', summary: 'Re-provision existing machines', load: () => import('../commands/provision.js') },
  { name: 'regenerate-certs', summary: 'Regenerate TLS Certificates for a machine', load: () => import('../commands/regenerate-certs.js') },
  { name: 'restart', summary: 'Restart a machine', load: () => import('../commands/restart.js') },
  { name: 'rm', summary: 'Remove a machine', load: () => import('../commands/rm.js') },
  { name: 'ssh', summary: 'Log into or run a command on a machine with SSH.', load: () => import('../commands/ssh.js') },
  { name: 'start', summary: 'Start a machine', load: () => import('../commands/start.js') },
  { name: 'status', summary: 'Get the status of a machine', load: () => import('../commands/status.js') },
  { name: 'stop', summary: 'Stop a machine', load: () => import('../commands/stop.js') },
  { name: 'url', summary: 'Get the URL of a machine', load: () => import('../commands/url.js') },
  { name: 'version', summary: 'Show the tsmachine version or a machine docker version', load: () => import('../commands/version.js') },
];
