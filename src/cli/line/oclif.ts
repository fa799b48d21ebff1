import { Config, Plugin } from '@oclif/core/config';
import type { Command, Interfaces } from '@oclif/core';

import { oclifManifest, packageJson, packageRoot } from '../../system/package.js';
import type { Invocation } from './invocation.js';
import { programName } from './program.js';

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

/** tsmachine's commands: those of the manifest that the build wrote; from sources, those that oclif finds in the folder. */
class OwnPlugin extends Plugin {
  /** oclif's own sorts with a collator, and making that takes longer than all the rest of a start. */
  override async load(): Promise<void> {
    const { root, pjson } = this.options;
    if (fromSources || pjson === undefined) return super.load();
    const { name, version } = pjson;
    const manifest = oclifManifest() as Interfaces.Manifest;
    const commands = Object.values(manifest.commands).map((command) => ({ ...command, load: () => this.findCommand(command.id) }));
    Object.assign(this, { root, pjson, name, version, manifest, commands, isRoot: true, type: 'core', valid: true, hooks: {} });
  }

  /** oclif's own loads a command by the path of its file; in the built program all of them are in one file. */
  override async findCommand(id: string): Promise<Command.Class> {
    const { default: found } = (await import(`../../commands/${id.replaceAll(':', '/')}.js`)) as { default: Command.Class };
    found.id = id;
    return found;
  }
}

let plugin: Promise<Plugin> | undefined;

/** One configuration for each command line; the list of commands is read once. */
export async function openConfig(invocation: Invocation): Promise<MachineConfig> {
  plugin ??= loadPlugin();
  const config = new MachineConfig(await plugin, invocation);
  await config.load();
  config.bin = programName(); // examples show it
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
