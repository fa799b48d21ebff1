import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import type { ExecOptions, ExecResult, RemoteShell } from '../../../src/base/shell.js';
import { composeScript } from '../../../src/ssh/run/root-script.js';
import { readTemplate } from '../../../src/system/package.js';

/** The shells hosts have as /bin/sh, as far as this computer has them too. */
export const interpreters: readonly (readonly [string, ...string[]])[] = (
  [
    ['dash', '-s'],
    ['bash', '--posix', '-s'],
    ['busybox', 'ash', '-s'],
  ] as const
).filter(([file]) => spawnSync('sh', ['-c', `command -v ${file}`]).status === 0);

const overlay = `
mount -t tmpfs tmpfs "$SANDBOX/layers" || exit 99
for dir in etc run usr/lib var/lib; do
  name=$(echo "$dir" | tr / _)
  mkdir -p "$SANDBOX/layers/$name/u" "$SANDBOX/layers/$name/w"
  mount -t overlay overlay -o "lowerdir=/$dir,upperdir=$SANDBOX/layers/$name/u,workdir=$SANDBOX/layers/$name/w" "/$dir" || exit 99
done
. "$SANDBOX/prepare"
exec "$@"`;

let possible: boolean | undefined;

/** Whether this computer lets us lay a private copy over its own folders: root, namespaces and overlayfs. */
export function canIsolate(): boolean {
  if (possible === undefined) {
    const box = new Sandbox();
    possible =
      spawnSync('unshare', ['-m', '-u', 'sh', '-c', overlay, 'sh', 'true'], { env: { ...process.env, SANDBOX: box.dir } }).status === 0;
    box.remove();
  }
  return possible;
}

/**
 * Runs the real scripts with programs of our own first in PATH. Every program writes its command line to `log`.
 * Isolated, it sees private copies of /etc, /run, /usr/lib and /var/lib, so that scripts may write there.
 */
export class Sandbox implements RemoteShell {
  readonly dir = mkdtempSync(join(tmpdir(), 'tsmachine-scripts-'));
  readonly #interpreter: readonly [string, ...string[]];
  readonly #isolated: boolean;

  constructor(interpreter: readonly [string, ...string[]] = ['sh', '-s'], isolated = false) {
    this.#interpreter = interpreter;
    this.#isolated = isolated;
    for (const name of ['bin', 'layers', 'state']) mkdirSync(join(this.dir, name));
    writeFileSync(this.path('prepare'), '');
    writeFileSync(this.path('log'), '');
  }

  path(...names: string[]): string {
    return join(this.dir, ...names);
  }

  /** A program in PATH; `$STATE` is a folder of its own to keep things in. */
  program(name: string, body: string): void {
    writeFileSync(
      this.path('bin', name),
      `#!/bin/sh\nSTATE='${this.path('state')}'\necho "${name} $*" >>'${this.path('log')}'\n${body}\n`,
      { mode: 0o755 },
    );
  }

  state(name: string, text: string): void {
    writeFileSync(this.path('state', name), text);
  }

  /** Shell text run in the isolated view before the script. */
  prepare(text: string): void {
    writeFileSync(this.path('prepare'), text);
  }

  get log(): string[] {
    return readFileSync(this.path('log'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  }

  clearLog(): void {
    writeFileSync(this.path('log'), '');
  }

  exec(): Promise<ExecResult> {
    return Promise.reject(new Error('only scripts run here'));
  }

  async rootScript(
    template: string,
    variables: Readonly<Record<string, string>> = {},
    options: Pick<ExecOptions, 'ok' | 'onLine'> = {},
  ): Promise<ExecResult> {
    const script = composeScript(await readTemplate(template), variables);
    const [file, ...args] = this.#isolated
      ? (['unshare', '-m', '-u', 'sh', '-c', overlay, 'sh', ...this.#interpreter] as const)
      : this.#interpreter;
    const result = await new Promise<ExecResult>((resolve, reject) => {
      const child = spawn(file, args, {
        env: { ...process.env, PATH: `${this.path('bin')}:${process.env['PATH'] ?? ''}`, SANDBOX: this.dir },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({ exitCode: code ?? -1, stdout, stderr });
      });
      child.stdin.end(script);
    });
    for (const line of result.stdout.split('\n')) options.onLine?.(line);
    if (!(options.ok ?? [0]).includes(result.exitCode))
      throw new TsmachineError('REMOTE_COMMAND', `${template} exited ${result.exitCode}: ${result.stdout}${result.stderr}`);
    return result;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Mode bits of a file as `600`. */
export function modeOf(file: string): string {
  return execFileSync('stat', ['-c', '%a', file], { encoding: 'utf8' }).trim();
}
