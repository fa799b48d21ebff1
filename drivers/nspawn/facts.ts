import { access, constants, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { packages, type Cgroups, type Facts, type Hierarchy, type Program } from './api.js';

const programs: readonly Program[] = [...(Object.keys(packages) as (keyof typeof packages)[]), 'sh', 'rm', 'systemctl', 'systemd-run'];

/** Looks around on the computer. `paths` are there for tests. */
export async function gatherFacts(paths: { proc: string; run: string } = { proc: '/proc', run: '/run' }): Promise<Facts> {
  const [bootId, mountinfo, systemd, found] = await Promise.all([
    text(join(paths.proc, 'sys/kernel/random/boot_id')),
    text(join(paths.proc, 'self/mountinfo')),
    exists(join(paths.run, 'systemd/system')), // sd_booted(3)
    Promise.all(programs.map(async (name) => [name, await findProgram(name)] as const)),
  ]);
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    systemd,
    cgroups: await readCgroups(mountinfo),
    programs: Object.fromEntries(found.filter(([, path]) => path !== undefined)),
    architecture: process.arch,
    bootId: bootId.trim(),
  };
}

/** Folders of programs: root's PATH may lack the sbin folders (su on Debian). */
export function searchPath(): string {
  return [process.env['PATH'] ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']
    .filter((dir) => dir !== '')
    .join(delimiter);
}

async function findProgram(name: string): Promise<string | undefined> {
  for (const dir of searchPath().split(delimiter)) {
    const path = join(dir, name);
    if (await exists(path, constants.X_OK)) return path;
  }
  return undefined;
}

export interface Mount {
  readonly point: string;
  readonly type: string;
  /** Options of the file system itself, such as the controllers of a v1 hierarchy. */
  readonly options: readonly string[];
}

/** Reads /proc/PID/mountinfo (proc(5)); octal escapes are undone. */
export function parseMountinfo(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ', 2);
    const point = left.split(' ')[4];
    const [type = '', , options = ''] = right.split(' ');
    if (point === undefined) return [];
    return [{ point: unescapeOctal(point), type, options: options.split(',') }];
  });
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

const notControllers = new Set(['rw', 'ro', 'relatime', 'xattr', 'clone_children', 'noprefix']);

async function readCgroups(mountinfo: string): Promise<Cgroups | undefined> {
  const mounts = parseMountinfo(mountinfo);
  const v1 = mounts.filter(({ type }) => type === 'cgroup');
  const unified = mounts.find(({ type }) => type === 'cgroup2')?.point;
  if (v1.length === 0) {
    if (unified === undefined) return undefined;
    const controllers = (await text(join(unified, 'cgroup.controllers')))
      .trim()
      .split(/\s+/)
      .filter((name) => name !== '');
    return { version: 2, track: unified, hierarchies: [], controllers };
  }
  // systemd follows processes in the empty v2 hierarchy of a hybrid set-up, else in its named v1 hierarchy.
  const track = unified ?? v1.find(({ options }) => options.includes('name=systemd'))?.point ?? v1[0]?.point ?? '';
  const others = v1.filter(({ point }) => point !== track);
  return { version: 1, track, hierarchies: await Promise.all(others.map(readHierarchy)), controllers: [] };
}

async function readHierarchy({ point, options }: Mount): Promise<Hierarchy> {
  const names = options.filter((option) => !notControllers.has(option));
  if (!names.includes('cpuset')) return { mount: point, names };
  const [cpus, mems] = await Promise.all(['cpuset.cpus', 'cpuset.mems'].map((file) => text(join(point, file))));
  return { mount: point, names, cpuset: { cpus: (cpus ?? '').trim(), mems: (mems ?? '').trim() } };
}

async function exists(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** A file of the kernel; empty where this kernel has none. */
async function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
