import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import type { World } from './state.js';
import { emptyWorld, type Fault } from './state.js';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

interface Call {
  readonly script: string;
  readonly input: Readonly<Record<string, unknown>>;
}

interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Hyper-V of a test's own: its `pwsh` stands first on the PATH in `env`. */
export class StandIn {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;

  private constructor(home: string) {
    this.home = home;
    this.env = { PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}` };
  }

  /** @param network of its switches: this computer's address there, `10.209.7.1` */
  static async open(parent: string, network = '10.209.0.1'): Promise<StandIn> {
    mkdirSync(parent, { recursive: true });
    const standIn = new StandIn(mkdtempSync(join(parent, 'hyperv-')));
    const { home } = standIn;
    mkdirSync(join(home, 'bin'));
    const program = join(home, 'pwsh.mjs');
    await build({
      entryPoints: [join(root, 'test', 'stand-ins', 'hyperv', 'main.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    const script = join(home, 'bin', 'pwsh');
    const variables = `STAND_IN_HOME='${home}' HYPERV_STAND_IN_ROOT='${root}'`;
    writeFileSync(script, `#!/bin/sh\n${variables} exec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(script, 0o755);
    standIn.write(emptyWorld(network));
    return standIn;
  }

  world(): World {
    return JSON.parse(readFileSync(join(this.home, 'world.json'), 'utf8')) as World;
  }

  write(world: World): void {
    writeFileSync(join(this.home, 'world.json'), JSON.stringify(world));
  }

  /** Makes scripts fail, the next `times` runs (default: all). */
  fail(...faults: readonly Fault[]): void {
    writeFileSync(join(this.home, 'faults.json'), JSON.stringify(faults.map((fault) => ({ times: 1_000_000, ...fault }))));
  }

  /** The scripts that ran, each with its input. */
  calls(): Call[] {
    const file = join(this.home, 'calls.log');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Call);
  }

  /** Deletes a VM behind everybody's back. */
  forget(id: string): void {
    this.value('remove-vm', { id });
  }

  turnOff(id: string): void {
    this.value('turn-off', { id });
  }

  /** Runs a script, as the driver does; `change` makes another text of it. */
  run(script: string, input: object = {}, change = (text: string) => text): Ending {
    const text = change(readFileSync(join(root, 'templates', 'hyperv', `${script}.ps1`), 'utf8'));
    const { status, stdout, stderr } = spawnSync(join(this.home, 'bin', 'pwsh'), ['-NoProfile', '-NonInteractive', '-Command', text], {
      input: `${JSON.stringify(input).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  /** @throws Error when the script does not answer with a value */
  value(script: string, input?: object): unknown {
    const { status, stdout, stderr } = this.run(script, input);
    const answer = JSON.parse(stdout.trimEnd().split('\r\n').at(-1) || 'null') as { value?: unknown } | null;
    if (status !== 0 || answer?.value === undefined) throw new Error(`${script}: ${stdout}${stderr}`);
    return answer.value;
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
