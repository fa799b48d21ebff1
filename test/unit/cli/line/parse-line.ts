import type { Interfaces } from '@oclif/core';

import { MachineCommand } from '../../../../src/cli/command.js';
import type { FlagInput } from '../../../../src/cli/line/flags.js';
import type { GlobalValues } from '../../../../src/cli/line/globals.js';
import { listenForInterrupts } from '../../../../src/cli/terminal/interrupt.js';
import { openConfig } from '../../../../src/cli/line/oclif.js';
import { Progress } from '../../../../src/cli/terminal/progress.js';
import { fakeScreen } from '../terminal/fake-screen.js';

interface ParsedLine<F extends FlagInput> {
  readonly flags: Interfaces.InferredFlags<F>;
  readonly args: readonly string[];
  readonly globals: GlobalValues;
}

/** Parses words as a command with these flags does. */
export async function parseLine<F extends FlagInput>(argv: readonly string[], flags: F, env: NodeJS.ProcessEnv): Promise<ParsedLine<F>> {
  class Probe extends MachineCommand {
    static override id = 'probe';
    static override flags = flags;

    async run(): Promise<ParsedLine<F>> {
      const parsed = await this.parse(Probe);
      return { flags: parsed.flags as Interfaces.InferredFlags<F>, args: parsed.argv, globals: this.globals };
    }

    protected override catch(error: Error): Promise<never> {
      return Promise.reject(error); // unchanged, without the usage
    }
  }
  const screen = fakeScreen();
  const interruption = listenForInterrupts({ print: () => undefined, exitNow: () => undefined });
  try {
    const config = await openConfig({ line: argv, env, screen, progress: new Progress(screen), interruption, debug: false, json: false });
    return await Probe.run([...argv], config);
  } finally {
    interruption.dispose();
  }
}
