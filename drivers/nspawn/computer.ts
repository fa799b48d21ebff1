import { readFile, readdir, realpath, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TsmachineError, systemCode } from '../../src/base/errors.js';
import type { DriverContext } from '../../src/driver/contract.js';
import { packages, type Computer, type Disk, type Facts, type Program } from './api.js';
import { gatherFacts, parseMountinfo, searchPath } from './facts.js';
import { initAmong, listensOn, processesIn } from './boot/processes.js';

/** File system magics of statfs(2) on which an overlay cannot put its upper layer. */
const kinds: Readonly<Record<number, string>> = {
  0x794c7630: 'overlay',
  0x6969: 'nfs',
  0x65735546: 'fuse',
  0xff534d42: 'cifs',
  0xfe534d42: 'smb',
  0x01021997: '9p',
  0x4d44: 'vfat',
  0xf15f: 'ecryptfs',
};

/** This computer. Programs run through the context, so that they are logged and end with it. */
export function thisComputer(ctx: Pick<DriverContext, 'exec'> & Partial<Pick<DriverContext, 'spawnDetached'>>): Computer {
  let known: Promise<Facts> | undefined;
  const facts = () => (known ??= gatherFacts());
  const locate = async (program: Program) => {
    const path = (await facts()).programs[program];
    if (path !== undefined) return path;
    const debian = Object.entries(packages).find(([name]) => name === program)?.[1];
    throw new TsmachineError('COMMAND_MISSING', `The program ${program} is not on this computer`, {
      hint: debian === undefined ? undefined : `apt-get install ${debian}`,
    });
  };
  return {
    registryFile: '/var/lib/tsmachine/nspawn/leases.json',
    facts,
    async run(program, args, options = {}) {
      return ctx.exec(await locate(program), args, { ...options, env: { PATH: searchPath(), LC_ALL: 'C', ...options.env } });
    },
    async start(program, args, logFile) {
      if (!ctx.spawnDetached) throw new TsmachineError('INTERNAL', 'Nothing is started without a machine');
      await ctx.spawnDetached(await locate(program), args, logFile);
    },
    async mountsBelow(dir) {
      const real = await realpath(dir).catch(() => dir); // the kernel names mount points without links
      const points = parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8')).map(({ point }) => point);
      return points.filter((point) => point === real || point.startsWith(`${real}/`)).reverse();
    },
    disk,
    read: readOptional,
    aptSources,
    setting: async (file) => ((await readOptional(file)) ?? '').trim(),
    set: (file, value) => writeFile(file, value),
    processes: processesIn,
    initOf: async (group) => initAmong(await processesIn(group)),
    listens: listensOn,
    signal(pid, signal) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        if (systemCode(error) !== 'ESRCH') throw error;
      }
    },
  };
}

async function disk(path: string): Promise<Disk> {
  try {
    const { type, bavail, bsize } = await statfs(path);
    return { kind: kinds[type] ?? type.toString(16), freeBytes: bavail * bsize };
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return disk(dirname(path));
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function aptSources(): Promise<{ path: string; text: string }[]> {
  const dir = '/etc/apt/sources.list.d';
  const names = await readdir(dir).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  const paths = [
    '/etc/apt/sources.list',
    ...names
      .filter((name) => /\.(list|sources)$/.test(name))
      .sort()
      .map((name) => join(dir, name)),
  ];
  const files = await Promise.all(paths.map(async (path) => ({ path, text: (await readOptional(path)) ?? '' })));
  return files.filter(({ text }) => text !== '');
}
