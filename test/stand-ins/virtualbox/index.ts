import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { emptyWorld, type World } from './state.js';
import { restart } from './vms.js';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

export interface Fault {
  /** A regular expression over the words of a call, joined by blanks. */
  readonly call: string;
  readonly stderr?: string;
  readonly status?: number;
  readonly times?: number;
}

/** A VirtualBox of a test's own: its VBoxManage stands first on the PATH in `env`. */
export class StandIn {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;

  private constructor(home: string) {
    this.home = home;
    this.env = { PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}` };
  }

  /**
   * @param version what `VBoxManage --version` says
   * @param player the program that plays running VMs, in this folder; default: machines of systemd-nspawn
   */
  static async open(parent: string, version?: string, player?: 'qemu/player.ts'): Promise<StandIn> {
    mkdirSync(parent, { recursive: true });
    const standIn = new StandIn(mkdtempSync(join(parent, 'vbox-')));
    const { home } = standIn;
    mkdirSync(join(home, 'bin'));
    const program = join(home, 'vboxmanage.mjs');
    await build({
      entryPoints: [join(root, 'test', 'stand-ins', 'virtualbox', 'main.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    const script = join(home, 'bin', 'VBoxManage');
    const played = player === undefined ? '' : `export VBOX_STAND_IN_PLAYER='${player}' VBOX_STAND_IN_OWNER=${process.pid}\n`;
    writeFileSync(
      script,
      `#!/bin/sh\n${played}STAND_IN_HOME='${home}' VBOX_STAND_IN_ROOT='${root}' exec '${process.execPath}' '${program}' "$@"\n`,
    );
    chmodSync(script, 0o755);
    if (version !== undefined) standIn.write({ ...standIn.world(), version });
    return standIn;
  }

  world(): World {
    const file = join(this.home, 'world.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as World) : emptyWorld();
  }

  write(world: World): void {
    writeFileSync(join(this.home, 'world.json'), JSON.stringify(world));
  }

  /** Makes calls fail, the next `times` ones that match (default: all). */
  fail(...faults: readonly Fault[]): void {
    writeFileSync(
      join(this.home, 'faults.json'),
      JSON.stringify(faults.map((fault) => ({ status: 1, stderr: '', times: 1_000_000, ...fault }))),
    );
  }

  /** What a VirtualBox does whose service was ended and is started by the next call. */
  restart(): void {
    const world = this.world();
    restart(world);
    this.write(world);
  }

  calls(): string[][] {
    const file = join(this.home, 'calls.log');
    return existsSync(file)
      ? readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as string[])
      : [];
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
