import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

import type { Context } from 'mocha';

import { skip } from '../../helpers/skip.js';

const folders = [...(process.env['PATH'] ?? '').split(':').filter(Boolean), '/usr/sbin', '/sbin'];

function place(program: string): string | undefined {
  return folders
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Runs a program of this computer and returns what it printed; the test is skipped where it is missing. */
export function tool(context: Context, program: string, ...args: string[]): string {
  return execFileSync(place(program) ?? skip(context, `needs ${program}`), args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
}
