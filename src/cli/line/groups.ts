/** The commands by what people want to do, as the help lists them. `swarm` and other topics stand for all of their commands. */
export const commandGroups: Readonly<Record<string, readonly string[]>> = {
  Machines: ['create', 'ls', 'status', 'inspect', 'start', 'stop', 'restart', 'kill', 'rm'],
  'Connecting a Docker client': ['env', 'use', 'active', 'config', 'context', 'ip', 'url'],
  'Logging in and copying': ['ssh', 'scp', 'mount'],
  'Hosts and certificates': ['provision', 'upgrade', 'regenerate-certs', 'allow', 'doctor'],
  Swarms: ['swarm'],
  'Stores and computers': ['export', 'import', 'adopt', 'gc', 'driver'],
  'This program': ['completion', 'version', 'help'],
};

/** What the commands of a topic are for. */
export const topicSummaries: Readonly<Record<string, string>> = {
  driver: 'Add drivers, see what there is, and serve them to Docker Machine',
  context: 'Manage the Docker contexts of machines',
  swarm: 'Create swarms of machines, and look after them',
};
