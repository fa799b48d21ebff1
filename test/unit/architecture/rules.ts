/**
 * Who may import whom: the one place where it is written down. An area is a folder of `src` (or of `drivers`), an entry without a
 * folder a file. Everything may import its own area, and the leaves.
 */

/** Types and small vocabulary that every area speaks. They import nothing but each other. */
export const leaves = [
  'src/base/errors', 'src/base/finding', 'src/base/forms', 'src/base/io', 'src/base/wait', 'src/driver/contract', 'src/base/swarm-node',
];

/** From above to below; an area that stands in no list of another is not imported by it. */
export const layers: Readonly<Record<string, readonly string[]>> = {
  'src/index': ['src/core', 'src/system/home', 'src/system/package'],
  'src/commands': ['src/cli', 'src/core', 'src/store/config/schema', 'src/system/home', 'src/system/package'],
  'src/cli': ['src/core', 'src/driver/registry', 'src/base/flags', 'src/system'],
  'src/core': [
    'src/store', 'src/driver', 'src/ssh', 'src/certs', 'src/provision', 'src/docker', 'src/swarm', 'src/archive', 'src/copy', 'src/system',
  ],
  'src/copy': ['src/ssh', 'src/system'],
  'src/swarm': ['src/docker', 'src/system'],
  'src/provision': ['src/system'],
  'src/docker': ['src/system'],
  'src/ssh': ['src/system'],
  'src/certs': ['src/system'],
  'src/store': ['src/system'],
  'src/cloudinit': ['src/system'],
  'src/archive': ['src/system'],
  'src/driver': ['src/base/nearest'],
  'src/system': [],
  'drivers/*': ['src/driver/kit/data', 'src/cloudinit'],
};

/**
 * Tables that name what stands above them, by dynamic import alone: nothing is loaded before it is asked for.
 * (src/cli/line/oclif.ts names no command at all: it loads the one that oclif found in the manifest.)
 */
export const tables: Readonly<Record<string, RegExp>> = {
  'src/driver/registry': /^drivers\/[a-z0-9]+\/index$/,
};

/** Packages, and the modules of Node that reach outside, by the areas that may import them. What is not here nobody may import. */
export const foreign: Readonly<Record<string, readonly string[]>> = {
  '@oclif/core': ['src/cli', 'src/commands'],
  'ajv': ['src/swarm'],
  'execa': ['src/system'],
  'node-forge': ['src/certs'],
  'p-limit': ['src/core'],
  'proper-lockfile': ['src/system'],
  'ssh2': ['src/ssh'],
  'tar-fs': ['src/system'],
  'tar-stream': ['src/archive'],
  'write-file-atomic': ['src/system'],
  'yaml': ['src/swarm'],
  'node:child_process': ['src/system', 'src/ssh'],
  'node:http': ['src/docker', 'src/system'],
  'node:https': ['src/docker', 'src/system'],
  'node:tls': ['src/docker', 'src/system'],
};

/** Too heavy for every start: no command reaches them by static imports. scripts/build.mjs leaves them out of the bundle. */
export const lazy = ['ajv', 'execa', 'node-forge', 'ssh2', 'tar-fs', 'tar-stream', 'yaml'];
