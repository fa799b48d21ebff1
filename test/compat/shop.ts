import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { line, type LineResult } from '../unit/commands/line.js';

/** A store of its own, and command lines that work on it. */
export interface Shop {
  readonly store: string;
  run(
    words: readonly string[],
    options?: { env?: NodeJS.ProcessEnv | undefined; input?: string | undefined; program?: string },
  ): Promise<LineResult>;
  close(): Promise<void>;
}

export async function openShop(): Promise<Shop> {
  const store = await mkdtemp(join(tmpdir(), 'tsmachine-compat-'));
  return {
    store,
    run: (words, { env = {}, input, program } = {}) =>
      line(words, { MACHINE_STORAGE_PATH: store, SHELL: '/bin/bash', HOME: store, ...env }, input, program),
    close: () => rm(store, { recursive: true, force: true }),
  };
}

/** What is said about a machine that is not there, by the program's name. */
export function notThere(name: string, program = 'tsmachine'): string {
  return `Docker machine "${name}" does not exist. Use "${program} ls" to list machines. Use "${program} create" to add a new one.`;
}
