import { Config, Plugin } from '@oclif/core/config';
import type { Command, Interfaces } from '@oclif/core';

import { oclifManifest, packageJson, packageRoot } from '../../system/package.js';
import type { Invocation } from './invocation.js';
import { programName } from './program.js';

const fromSources = import.meta.url.endsWith('.ts');

/** oclif's configuration for one command line. It also carries the streams and the environment. */
export class MachineConfig extends Config {
  readonly invocation: Invocation;

  constructor(plugin: Plugin, invocation: Invocation) {
    super({ root: plugin.root, plugins: new Map([[plugin.name, plugin]]) });
    this.invocation = invocation;
  }
}

/** Tests the shape and not the class, because loaders of TypeScript sources may load this module twice. */
export function isMachineConfig(config: unknown): config is MachineConfig {
  return typeof config === 'object' && config !== null && 'invocation' in config;
}

/** tsmachine's commands. The built program reads them from its manifest; from sources, oclif searches the folder. */
class OwnPlugin extends Plugin {
  /** Overridden because oclif sorts with a collator, and creating that takes longer than the rest of a start. */
  override async load(): Promise<void> {
    const { root, pjson } = this.options;
    if (fromSources || pjson === undefined) return super.load();
    const { name, version } = pjson;
    const manifest = oclifManifest() as Interfaces.Manifest;
    const commands = Object.values(manifest.commands).map((command) => ({ ...command, load: () => this.findCommand(command.id) }));
    Object.assign(this, { root, pjson, name, version, manifest, commands, isRoot: true, type: 'core', valid: true, hooks: {} });
  }

  /** Overridden because oclif loads a command from its file, but the built program is one file. */
  override async findCommand(id: string): Promise<Command.Class> {
    const { default: found } = (await import(`../../commands/${id.replaceAll(':', '/')}.js`)) as { default: Command.Class };
    found.id = id;
    return found;
  }
}

let plugin: Promise<Plugin> | undefined;

/** Makes the configuration of one command line. The list of commands is read only once. */
export async function openConfig(invocation: Invocation): Promise<MachineConfig> {
  plugin ??= loadPlugin();
  const config = new MachineConfig(await plugin, invocation);
  await config.load();
  config.bin = programName(); // examples print it
  return config;
}

async function loadPlugin(): Promise<Plugin> {
  const root = packageRoot();
  const { oclif, ...rest } = packageJson() as Interfaces.PJSON;
  const pjson = { ...rest, oclif: fromSources ? { ...oclif, commands: './src/commands' } : oclif };
  const own = new OwnPlugin({ root, pjson, isRoot: true, ignoreManifest: fromSources });
  await own.load();
  return own;
}
