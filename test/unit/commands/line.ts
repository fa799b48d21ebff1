import '../../helpers/state-dir.js';
import { runCommandLine } from '../../../src/cli/main.js';
import { fakeScreen } from '../cli/terminal/fake-screen.js';

export interface LineResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one command line in this very process, with streams in memory and only the environment that is given.
 * @param program what the program is called by, such as `docker-machine`
 */
export async function line(argv: readonly string[], env: NodeJS.ProcessEnv = {}, input = '', program = 'tsmachine'): Promise<LineResult> {
  const screen = fakeScreen({ input });
  const [, started = ''] = process.argv;
  process.argv[1] = `/usr/local/bin/${program}`;
  try {
    const code = await runCommandLine(argv, { TSMACHINE_STATE_DIR: process.env['TSMACHINE_STATE_DIR'], ...env }, screen);
    return { code, stdout: screen.out(), stderr: screen.err() };
  } finally {
    process.argv[1] = started;
  }
}
