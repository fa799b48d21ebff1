import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { waitFor } from '../../../src/base/wait.js';

const run = promisify(execFile);

/** A real terminal of its own: a window of tmux in which bash runs, on a server that nobody else uses. */
export interface Pane {
  type(...keys: string[]): Promise<void>;
  /** What the terminal shows, without the empty lines at its end. */
  shown(): Promise<string>;
  /** The text once it shows what is looked for. */
  waitFor(pattern: RegExp): Promise<string>;
  /** A variable of tmux: `cursor_flag`, `cursor_x`. */
  ask(variable: string): Promise<string>;
  close(): Promise<void>;
}

export async function openPane(folder: string, columns: number, env: NodeJS.ProcessEnv): Promise<Pane> {
  const { TMUX: _, CI: _ci, ...rest } = env;
  const options = { cwd: folder, env: { ...rest, TERM: 'xterm' }, timeout: 20_000 };
  // A socket of its own: a server that is still ending must not be taken for the next one.
  const socket = join(folder, `tmux-${randomUUID().slice(0, 8)}`);
  const tmux = async (...args: string[]) => (await run('tmux', ['-S', socket, '-f', '/dev/null', ...args], options)).stdout;
  await tmux('new-session', '-d', '-x', String(columns), '-y', '100', 'bash --norc --noprofile');
  await tmux('send-keys', "PS1='$ '; clear", 'Enter');
  const shown = async () => (await tmux('capture-pane', '-p')).trimEnd();
  return {
    type: async (...keys) => {
      await tmux('send-keys', ...keys);
    },
    shown,
    waitFor: async (pattern) =>
      waitFor(
        async () => {
          const text = await shown();
          return pattern.test(text) ? text : undefined;
        },
        { timeout: 10_000, what: `${String(pattern)} in the terminal` },
      ),
    ask: async (variable) => (await tmux('display-message', '-p', `#{${variable}}`)).trim(),
    close: async () => {
      await tmux('kill-server');
    },
  };
}
