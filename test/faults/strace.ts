import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { tsmachine, type CliOptions, type CliResult } from '../helpers/cli.js';

/** How a call can fail. EINTR asks for a second try, which nobody may notice. */
export const errors = ['ENOSPC', 'EIO', 'EACCES', 'EINTR'] as const;
export type ErrorCode = (typeof errors)[number];

/** One file call of a program: the `nth` of its kind on this path, counted from 1. */
export interface FileCall {
  readonly kind: string;
  readonly path: string;
  readonly nth: number;
}

/** What can change a store, or show that it cannot be read. */
const kinds = ['openat', 'write', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'mkdir', 'link', 'symlink', 'unlink', 'rmdir'];
const gate = fileURLToPath(new URL('gate.cjs', import.meta.url));

/** Runs the program and tells the file calls that it made below `folders`, in their order. */
export async function recorded(
  args: readonly string[],
  options: CliOptions,
  log: string,
  folders: readonly string[],
): Promise<{ result: CliResult; calls: FileCall[] }> {
  const result = await underStrace(args, options, ['-y', '-s', '0', '-o', log, '-e', `trace=${kinds.join(',')}`]);
  const counts = new Map<string, number>();
  const calls = (await readFile(log, 'utf8')).split('\n').flatMap((line): FileCall[] => {
    const { kind = '', path = '' } = /^(?<kind>\w+)\((?:\d+<|(?:AT_FDCWD<[^>]*>, )?")(?<path>\/[^">]*)/.exec(line)?.groups ?? {};
    if (!folders.some((folder) => path === folder || path.startsWith(`${folder}/`))) return [];
    const nth = (counts.get(`${kind} ${path}`) ?? 0) + 1;
    counts.set(`${kind} ${path}`, nth);
    return [{ kind, path, nth }];
  });
  return { result, calls };
}

/** Runs the program; the call fails with `error`. @returns `happened`: whether the program came to that call */
export async function withFault(
  args: readonly string[],
  options: CliOptions,
  log: string,
  { kind, path, nth }: FileCall,
  error: ErrorCode,
): Promise<{ result: CliResult; happened: boolean }> {
  const words = ['-y', '-o', log, '-e', `trace=${kind}`, '-P', path, '-e', `inject=${kind}:error=${error}:when=${nth}`];
  const result = await underStrace(args, options, words);
  return { result, happened: (await readFile(log, 'utf8')).includes('(INJECTED)') };
}

function underStrace(args: readonly string[], options: CliOptions, words: readonly string[]): Promise<CliResult> {
  const env = { ...options.env, UV_THREADPOOL_SIZE: '1', NODE_OPTIONS: `--require ${gate}`, FAULT_STRACE: JSON.stringify(words) };
  return tsmachine(args, { ...options, env });
}

/** A log of strace's for a run in this folder. */
export const logIn = (folder: string) => join(folder, 'strace.log');
