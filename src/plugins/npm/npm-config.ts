import { join } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import { readIfExists } from '../../system/files/atomic.js';
import { homeDirIfAny } from '../../system/home.js';

const publicRegistry = 'https://registry.npmjs.org/';

/**
 * The address of the registry that npm would ask for a package: that of its scope, else NPM_CONFIG_REGISTRY, else `registry` of the user's
 * .npmrc, else the public one. The .npmrc of the current folder is not read: a folder that came from somebody else must not decide where
 * programs come from.
 * @returns an address that ends with a slash
 * @throws TsmachineError FLAG_INVALID when it is no address
 */
export async function registryOf(packageName: string, env: NodeJS.ProcessEnv): Promise<string> {
  const settings = await userSettings(env);
  const [scope] = packageName.split('/');
  const scoped = packageName.startsWith('@') ? settings.get(`${scope ?? ''}:registry`) : undefined;
  const variable = Object.keys(env).find((name) => name.toLowerCase() === 'npm_config_registry' && env[name] !== '');
  const found = scoped ?? (variable === undefined ? undefined : env[variable]) ?? settings.get('registry') ?? publicRegistry;
  if (!URL.canParse(found) || !/^https?:$/.test(new URL(found).protocol)) {
    throw new TsmachineError('FLAG_INVALID', `npm's setting "registry" is ${JSON.stringify(found)}, which is no address`, {
      hint: 'Correct it in .npmrc in your home folder or in NPM_CONFIG_REGISTRY',
    });
  }
  return found.endsWith('/') ? found : `${found}/`;
}

async function userSettings(env: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, string>> {
  const home = homeDirIfAny(env);
  const file = env['NPM_CONFIG_USERCONFIG'] || env['npm_config_userconfig'] || (home === '' ? undefined : join(home, '.npmrc'));
  const text = file === undefined ? undefined : await readIfExists(file);
  return parseNpmrc(text ?? '', env);
}

/** The lines of an .npmrc; the last of a name counts, and `${VARIABLE}` is replaced. Pure. */
export function parseNpmrc(text: string, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^\s*([^;#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const bare = value.replace(/^"(.*)"$/, '$1').replaceAll(/\$\{(\w+)\}/g, (whole, variable: string) => env[variable] ?? whole);
    if (name !== '' && bare !== '') settings.set(name, bare);
  }
  return settings;
}
