import type { Interruption } from '../terminal/interrupt.js';
import type { Progress } from '../terminal/progress.js';
import type { Screen } from '../terminal/screen.js';

/** What one run of a command is given by `main`. */
export interface Invocation {
  /** The whole command line, for hints that repeat it. */
  readonly line: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly screen: Screen;
  readonly progress: Progress;
  readonly interruption: Interruption;
  readonly debug: boolean;
  readonly json: boolean;
}
