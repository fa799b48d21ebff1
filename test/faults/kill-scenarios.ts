import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { succeed, tsmachine, type CliOptions, type CliResult } from '../helpers/cli.js';
import type { Lab } from '../helpers/lab.js';

/** A store with a machine `kept` that runs all the time, and what else the commands work on. */
export interface Ground {
  readonly lab: Lab;
  readonly options: CliOptions;
  /** The commands' folder for temporary files. */
  readonly temporary: string;
  /** A folder to copy, with several files. */
  readonly files: string;
  /** An export of `kept`. */
  readonly archive: string;
  readonly ok: (...args: string[]) => Promise<CliResult>;
}

/** A command that is killed at some moment, and then given again. */
export interface KillScenario {
  readonly name: string;
  /** Milliseconds that the command takes at most, give or take. */
  readonly lasts: number;
  /** Too slow for the sample. */
  readonly isLong?: true;
  prepare?(ground: Ground): Promise<void>;
  readonly args: (ground: Ground) => readonly string[];
  readonly options?: (ground: Ground) => CliOptions;
  /** Whether the second run may find that everything is done already. */
  readonly maySayDone?: RegExp;
  verify(ground: Ground): Promise<void>;
  /** Back to the ground. */
  undo?(ground: Ground): Promise<void>;
}

const nspawn = ['-d', 'nspawn'];

export const killScenarios: readonly KillScenario[] = [
  {
    name: 'create',
    lasts: 2500,
    args: () => ['create', ...nspawn, 'm1'],
    verify: async ({ ok }) => {
      await ok('version', 'm1');
    },
    undo: async ({ ok }) => {
      await ok('rm', '-y', 'm1');
    },
  },
  {
    name: 'rm',
    lasts: 1000,
    prepare: async ({ ok }) => {
      await ok('create', ...nspawn, 'm1');
    },
    args: () => ['rm', '-y', 'm1'],
    maySayDone: /does not exist/,
    verify: async ({ options }) => {
      if ((await readdir(join(options.store, 'machines'))).join() !== 'kept') throw new Error('something is left of m1');
    },
  },
  {
    name: 'provision',
    lasts: 1500,
    args: () => ['provision', 'kept'],
    verify: async ({ ok }) => {
      await ok('version', 'kept');
    },
  },
  {
    name: 'regenerate-certs',
    lasts: 2500,
    args: () => ['regenerate-certs', '-f', 'kept'],
    verify: async ({ ok }) => {
      await ok('version', 'kept');
    },
  },
  {
    name: 'export',
    lasts: 400,
    args: ({ lab }) => ['export', '-o', join(lab.dir, 'killed.tsm'), 'kept'],
    verify: async (ground) => {
      await importInto(ground, join(ground.lab.dir, 'from-killed'), join(ground.lab.dir, 'killed.tsm'));
    },
    undo: async ({ lab }) => {
      await rm(join(lab.dir, 'killed.tsm'));
      await rm(join(lab.dir, 'from-killed'), { recursive: true });
    },
  },
  {
    name: 'import',
    lasts: 500,
    prepare: async ({ lab }) => {
      await mkdir(join(lab.dir, 'second'));
    },
    args: ({ archive }) => ['import', archive],
    options: second,
    maySayDone: /already exists/,
    verify: async (ground) => {
      await succeed(['inspect', 'kept'], second(ground));
      // a kill after the machine was moved into place leaves an empty folder; the repeated import finds the machine and goes no further
      await succeed(['ls'], second(ground));
      const left = (await readdir(join(second(ground).store, 'machines'))).filter((entry) => entry !== 'kept');
      if (left.length > 0) throw new Error(`left behind: ${left.join()}`);
    },
    undo: async ({ lab }) => {
      await rm(join(lab.dir, 'second'), { recursive: true });
    },
  },
  {
    name: 'scp -r',
    lasts: 1500,
    prepare: async ({ ok }) => {
      await ok('ssh', 'kept', 'mkdir /root/copied');
    },
    args: ({ files }) => ['scp', '-r', files, 'kept:/root/copied'],
    verify: async ({ ok, files }) => {
      const { stdout } = await ok('ssh', 'kept', 'find /root/copied -type f | wc -l; ls -A /tmp | grep tsm; true');
      if (stdout.trim() !== String((await readdir(files)).length)) throw new Error(`copied, and left in /tmp: ${stdout}`);
    },
    undo: async ({ ok }) => {
      await ok('ssh', 'kept', 'rm -rf /root/copied');
    },
  },
  {
    name: 'gc',
    lasts: 1500,
    prepare: async (ground) => {
      const { store } = lost(ground);
      await ground.lab.store('lost');
      await succeed(['create', ...nspawn, 'm1'], lost(ground));
      // what runs keeps some folders busy: a person sees that, and goes on
      await rm(store, { recursive: true }).catch(() => undefined);
    },
    args: () => ['gc', '-y'],
    verify: async ({ ok }) => {
      await ok('version', 'kept');
    },
    undo: async (ground) => {
      await rm(lost(ground).store, { recursive: true, force: true });
    },
  },
  {
    name: 'swarm up',
    lasts: 9000,
    isLong: true,
    args: () => ['swarm', 'up', '--managers', '1', '--workers', '1', ...nspawn, 's'],
    verify: async ({ ok }) => {
      await ok('swarm', 'status', 's');
    },
    undo: async ({ ok }) => {
      await ok('swarm', 'down', '-y', 's');
    },
  },
];

function second({ lab, options }: Ground): CliOptions {
  return { ...options, store: join(lab.dir, 'second') };
}

function lost({ lab, options }: Ground): CliOptions {
  return { ...options, store: join(lab.dir, 'lost') };
}

async function importInto({ options }: Ground, store: string, file: string): Promise<void> {
  await mkdir(store);
  await succeed(['import', file], { ...options, store });
}

/** Makes the ground of a lab. */
export async function newGround(lab: Lab): Promise<Ground> {
  const store = await lab.store('store');
  const temporary = join(lab.dir, 'tmp');
  await mkdir(temporary);
  const options: CliOptions = { store, env: { TSMACHINE_STATE_DIR: join(lab.dir, 'state'), TMPDIR: temporary } };
  const files = await mkdtemp(join(lab.dir, 'files-'));
  for (let i = 0; i < 40; i++) await writeFile(join(files, String(i)), Buffer.alloc(200_000, i));
  const archive = join(lab.dir, 'kept.tsm');
  const ok = (...args: string[]) => succeed(args, options);
  await ok('create', ...nspawn, 'kept');
  await ok('export', '-o', archive, 'kept');
  return { lab, options, temporary, files, archive, ok };
}

/** Runs the command and kills it, its helpers not, after `milliseconds`. */
export function killedAfter(milliseconds: number, args: readonly string[], options: CliOptions): Promise<CliResult> {
  let timer: NodeJS.Timeout;
  return tsmachine(args, {
    ...options,
    onStart: (pid) => {
      timer = setTimeout(() => {
        process.kill(pid, 'SIGKILL');
      }, milliseconds);
    },
  }).finally(() => {
    clearTimeout(timer);
  });
}
