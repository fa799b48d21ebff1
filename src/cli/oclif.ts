import { Config, Plugin } from '@oclif/core/config';
import type { Command, Interfaces } from '@oclif/core';

import { packageJson, packageRoot } from '../system/package.js';
import type { Invocation } from './invocation.js';

const fromSources = import.meta.url.endsWith('.ts');

/** oclif's view of one command line, with what the world outside oclif is for it. */
export class MachineConfig extends Config {
  readonly invocation: Invocation;

  constructor(plugin: Plugin, invocation: Invocation) {
    super({ root: plugin.root, plugins: new Map([[plugin.name, plugin]]) });
    this.invocation = invocation;
  }
}

/** By its shape: loaders of sources may load this module twice. */
export function isMachineConfig(config: unknown): config is MachineConfig {
  return typeof config === 'object' && config !== null && 'invocation' in config;
}

/**
 * tsmachine's commands: those of the manifest, from sources those that oclif finds in the folder. oclif loads a command by the path of its
 * file; this loads it by its name, for in the built program all commands are in one file.
 */
class OwnPlugin extends Plugin {
  override findCommand(id: string): Promise<Command.Class> {
    return (import(`../commands/${id.replaceAll(':', '/')}.js`) as Promise<{ default: Command.Class }>).then(({ default: found }) => {
      found.id = id;
      return found;
    });
  }
}

let plugin: Promise<Plugin> | undefined;

export async function openConfig(invocation: Invocation): Promise<MachineConfig> {
  plugin ??= loadPlugin();
  const config = new MachineConfig(await plugin, invocation);
  await config.load();
  return config;
}

async function loadPlugin(): Promise<Plugin> {
  const pjson = packageJson() as Interfaces.PJSON;
  if (fromSources) pjson.oclif.commands = './src/commands';
  const own = new OwnPlugin({ root: packageRoot(), pjson, isRoot: true, ignoreManifest: fromSources });
  await own.load();
  return own;
}
