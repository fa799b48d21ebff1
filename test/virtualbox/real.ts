import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { waitFor } from '../../src/base/wait.js';

/** Where the Debian with VirtualBox is kept between runs; building it takes some minutes. */
const cache = process.env['TSMACHINE_VIRTUALBOX_CACHE'] ?? join(homedir(), '.cache', 'tsmachine-virtualbox');
const root = join(cache, 'root');
const mirror = process.env['TSMACHINE_VIRTUALBOX_MIRROR'] ?? 'http://deb.debian.org/debian';

/** Why a real VBoxManage cannot be had here; undefined where it can. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'a real VBoxManage runs in a Debian of its own, which needs Linux on amd64';
  if (process.getuid?.() !== 0) return 'a real VBoxManage runs in a Debian of its own, which needs root';
  const missing = ['debootstrap', 'unshare', 'nsenter'].filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  return missing.length === 0 ? undefined : `these programs are missing: ${missing.join(', ')}`;
}

/** Debian unstable with VirtualBox from contrib, made once. */
export function ensureRoot(): void {
  if (existsSync(join(root, 'usr', 'bin', 'VBoxManage'))) return;
  const part = `${root}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  succeed('debootstrap', ['--variant=minbase', '--components=main,contrib', 'sid', part, mirror]);
  // A mirror that lags behind has a release file that has expired; its signature counts all the same.
  succeed('chroot', [part, 'apt-get', '-o', 'Acquire::Check-Valid-Until=false', 'update']);
  succeed('chroot', [part, 'apt-get', 'install', '--yes', '--no-install-recommends', 'virtualbox']);
  renameSync(part, root);
}

function succeed(file: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 20 * 60_000,
  });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status ?? '?'}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
}

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A VirtualBox without any VM. Its VBoxManage stands in `bin`, and sees the files below `dir` where everybody sees them. */
export class RealVirtualBox {
  readonly dir: string;
  readonly bin: string;
  readonly #holder: ChildProcess;

  private constructor(dir: string, holder: ChildProcess) {
    this.dir = dir;
    this.bin = join(dir, 'bin');
    this.#holder = holder;
  }

  static async open(): Promise<RealVirtualBox> {
    const dir = mkdtempSync('/var/tmp/tsmachine-virtualbox-');
    for (const name of ['bin', 'state', 'store']) mkdirSync(join(dir, name));
    const mounts = `mount -t proc proc ${root}/proc && mount --rbind /dev ${root}/dev && mkdir -p ${root}${dir} && mount --bind ${dir} ${root}${dir}`;
    const holder = spawn(
      'unshare',
      ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', `${mounts} && exec chroot ${root} sleep infinity`],
      { stdio: 'ignore' },
    );
    const real = new RealVirtualBox(dir, holder);
    const pid = await waitFor(() => insider(holder.pid ?? 0), { timeout: 10_000, what: 'the Debian with VirtualBox' });
    const script = readFileSync(new URL('VBoxManage.sh', import.meta.url), 'utf8')
      .replace('@STATE@', join(dir, 'state'))
      .replace('@PID@', String(pid));
    writeFileSync(join(real.bin, 'VBoxManage'), script);
    chmodSync(join(real.bin, 'VBoxManage'), 0o755);
    return real;
  }

  /** One call, whatever becomes of it. */
  call(...args: string[]): Answer {
    return spawnSync(join(this.bin, 'VBoxManage'), args, { encoding: 'utf8', timeout: 60_000 });
  }

  /** As `call`; nothing is played. */
  callReal(...args: string[]): Answer {
    return spawnSync(join(this.bin, 'VBoxManage'), args, { encoding: 'utf8', timeout: 60_000, env: { ...process.env, REAL: 'yes ' } });
  }

  /** All calls so far, each in one line. */
  calls(): string[] {
    return readFileSync(join(this.dir, 'state', 'calls.log'), 'utf8')
      .trim()
      .split('\n');
  }

  /** Ends VirtualBox's service, which is started again by the next call and knows what its files say. */
  forget(): void {
    const script = 'for p in /proc/[0-9]*; do if [ "$(cat "$p/comm")" = VBoxSVC ]; then kill -KILL "${p#/proc/}"; fi; done';
    const pid = /--target '(\d+)'/.exec(readFileSync(join(this.bin, 'VBoxManage'), 'utf8'))?.[1] ?? '';
    spawnSync('nsenter', ['--target', pid, '--mount', '--pid', '--root', '--', '/bin/sh', '-c', script], { cwd: '/' });
    // its clients' first call may still reach the one that was ended
    for (let tries = 0; this.call('list', 'vms').status !== 0; tries += 1)
      if (tries === 10) throw new Error('VirtualBox does not start again');
  }

  close(): void {
    this.#holder.kill('SIGKILL');
    rmSync(join(root, this.dir), { recursive: true, force: true });
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** The `sleep` that holds the mounts, once it is there. */
function insider(unshare: number): number | undefined {
  const [child] = readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return child !== undefined && readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'sleep' ? child : undefined;
}
