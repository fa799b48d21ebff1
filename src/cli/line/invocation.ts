import type { Interruption } from '../terminal/interrupt.js';
import type { Progress } from '../terminal/progress.js';
import type { Screen } from '../terminal/screen.js';

/** What `main` passes to a command. */
export interface Invocation {
  /** The whole command line, for messages that repeat it. */
  readonly line: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly screen: Screen;
  readonly progress: Progress;
  readonly interruption: Interruption;
  readonly debug: boolean;
  readonly json: boolean;
}
