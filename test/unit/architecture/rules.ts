/**
 * Who may import whom: the one place where it is written down. A room is a folder of `src` (or of `drivers`), an entry without a
 * folder a file. Every file may import its own room, and the types and small vocabulary of `src/base`.
 */

/** The rooms of the house, from the roof to the ground. A room may import only what stands below it, and of that only what `mayImport` lists. */
export const rooms = [
  'src/index',
  'src/commands',
  'src/cli',
  'src/session',
  'src/doctor',
  'src/swarm',
  'src/transfer',
  'src/copy',
  'src/serve',
  'src/machine',
  'src/plugins',
  'src/driver',
  'src/provision',
  'src/guest',
  'src/ssh',
  'src/store',
  'src/docker',
  'src/certs',
  'src/go-template',
  'src/go-rpc',
  'src/system',
  'src/base',
] as const;

/** By room, what it may import besides itself and `src/base`: a room, or one module of a room. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  'src/index': [
    'src/session',
    'src/doctor',
    'src/swarm',
    'src/transfer',
    'src/copy',
    'src/machine',
    'src/driver',
    'src/docker',
    'src/store/config/schema',
    'src/system/home',
    'src/system/package',
  ],
  'src/commands': [
    'src/cli',
    'src/doctor',
    'src/swarm',
    'src/transfer',
    'src/copy',
    'src/serve',
    'src/machine',
    'src/store/config/schema',
    'src/system/package',
  ],
  'src/cli': ['src/session', 'src/doctor', 'src/swarm', 'src/transfer', 'src/machine', 'src/driver', 'src/go-template', 'src/system'],
  'src/session': ['src/swarm', 'src/machine', 'src/system/home'],
  'src/doctor': [
    'src/swarm',
    'src/machine',
    'src/driver',
    'src/provision',
    'src/ssh',
    'src/store',
    'src/docker',
    'src/certs',
    'src/system',
  ],
  'src/swarm': [
    'src/transfer/archive',
    'src/copy',
    'src/machine',
    'src/driver',
    'src/provision',
    'src/ssh',
    'src/store',
    'src/docker',
    'src/system',
  ],
  'src/transfer': ['src/machine', 'src/provision', 'src/ssh', 'src/store', 'src/docker', 'src/system'],
  'src/serve': ['src/machine', 'src/plugins', 'src/driver', 'src/go-rpc'],
  'src/copy': ['src/machine', 'src/ssh', 'src/system'],
  'src/machine': [
    'src/plugins',
    'src/driver',
    'src/provision',
    'src/guest',
    'src/ssh',
    'src/store',
    'src/docker',
    'src/certs',
    'src/system',
  ],
  'src/plugins': ['src/driver', 'src/go-rpc', 'src/store/paths', 'src/system'],
  'src/driver': ['src/guest'],
  'src/provision': [],
  'src/guest': ['src/system'],
  'src/ssh': ['src/system'],
  'src/store': ['src/system'],
  'src/docker': ['src/system'],
  'src/certs': ['src/system'],
  'src/go-template': [],
  'src/go-rpc': [],
  'src/system': [],
  'src/base': [],
  'drivers/*': ['src/driver/contract', 'src/driver/kit', 'src/guest'],
};

/**
 * Tables that name modules of many folders, by dynamic import alone: nothing is loaded before it is asked for.
 * (src/cli/line/oclif.ts names no command at all: it loads the one that oclif found in the manifest.)
 */
export const tables: Readonly<Record<string, RegExp>> = {
  'src/machine/access/driver-registry': /^drivers\/[a-z0-9]+\/index$/,
};

/** Packages, and the modules of Node that reach outside, by the rooms that may import them. What is not here nobody may import. */
export const foreign: Readonly<Record<string, readonly string[]>> = {
  '@oclif/core': ['src/cli', 'src/commands'],
  ajv: ['src/swarm'],
  execa: ['src/system'],
  'node-forge': ['src/certs'],
  'p-limit': ['src/system'],
  'proper-lockfile': ['src/system'],
  ssh2: ['src/ssh'],
  'tar-fs': ['src/system'],
  'tar-stream': ['src/transfer', 'src/plugins'],
  'write-file-atomic': ['src/system'],
  yaml: ['src/swarm'],
  'node:child_process': ['src/system', 'src/ssh'],
  'node:http': ['src/docker', 'src/system'],
  'node:https': ['src/docker', 'src/system'],
  'node:tls': ['src/docker', 'src/system'],
};

/**
 * SDKs of clouds, by the one module that may import them: the build bundles it with what it uses, so they are development dependencies.
 * Everything else sees their types alone, through that module.
 */
export const sdks: Readonly<Record<string, RegExp>> = {
  'drivers/amazonec2/sdk': /^@(aws-sdk|smithy)\//,
  'drivers/azure/sdk': /^@azure\//,
  'drivers/google/sdk': /^(@google-cloud\/|google-(gax|auth-library)$)/,
};

/** Too heavy for every start: no command reaches them by static imports. scripts/build.mjs leaves them out of the bundle. */
export const lazy = ['ajv', 'execa', 'node-forge', 'ssh2', 'tar-fs', 'tar-stream', 'yaml'];

/** Source files beside each other in one folder, at the most. */
export const mostFiles = 15;

/** A file for every command a user can type: as many as there are. */
export const exempt = /^src\/commands(\/|$)/;
