import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the guests' disk is kept between runs; making it takes some minutes. */
const cache = process.env['TSMACHINE_GUEST_CACHE'] ?? join(homedir(), '.cache', 'tsmachine-guest');
const mirror = process.env['TSMACHINE_GUEST_MIRROR'] ?? 'http://deb.debian.org/debian';
const script = fileURLToPath(new URL('debian-image.sh', import.meta.url));
const programs = [
  'qemu-system-x86_64',
  'qemu-img',
  'debootstrap',
  'sfdisk',
  'losetup',
  'mkfs.ext4',
  'unshare',
  'setpriv',
  'dnsmasq',
  'ip',
  'ssh-keyscan',
];

/** Why no virtual machine can be had here; undefined where it can. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'virtual machines of QEMU are played on Linux on amd64';
  if (process.getuid?.() !== 0) return "a guest's disk and its network need root";
  const missing = programs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  if (missing.length > 0) return `these programs are missing: ${missing.join(', ')}`;
  return existsSync('/dev/net/tun') ? undefined : "there is no /dev/net/tun for the guests' network";
}

/** A disk like Debian's official cloud image, made once; when the script changes, anew. */
export function ensureImage(): string {
  const digest = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 12);
  const disk = join(cache, `debian-13-generic-amd64-${digest}.qcow2`);
  if (existsSync(disk)) return disk;
  mkdirSync(cache, { recursive: true });
  const old = readdirSync(cache).filter((name) => /^(debian-13-generic-amd64.*\.qcow2|part-\w{6})$/.test(name)); // another script's, and halves
  for (const name of old) rmSync(join(cache, name), { recursive: true });
  const folder = mkdtempSync(join(cache, 'part-'));
  try {
    // Mounts of its own: whatever interrupts it, they go with it.
    succeed('unshare', ['--mount', '--propagation', 'private', 'sh', script, folder, mirror]);
    const part = join(folder, 'disk.qcow2');
    succeed('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-c', join(folder, 'disk.raw'), part]);
    renameSync(part, disk);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return disk;
}

function succeed(file: string, args: readonly string[]): void {
  const { status, signal, stdout, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 20 * 60_000,
    maxBuffer: 2 ** 26,
  });
  if (status !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${status ?? signal ?? '?'}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
}
