import type { UpOptions } from '../swarm/up/up.js';
import { MachineCommand } from './command.js';
import { driverHeading, toFlagInput } from './options/driver-flags.js';
import { jsonFlag, type FlagInput } from './line/flags.js';
import { repeatableLine } from './line/repeatable.js';
import { declaredBy, upChars, upDriver, upFlags } from './options/swarm-up-flags.js';

/** The base of `swarm up` and `swarm plan`, which take the same arguments. */
export abstract class SwarmUpCommand extends MachineCommand {
  static override usage = '[name]';
  static override operands = { kind: 'none' } as const;
  static override flags: FlagInput = { ...toFlagInput(upFlags, upChars), ...jsonFlag };

  static override async helpFlags(words: readonly string[], env: NodeJS.ProcessEnv): Promise<FlagInput> {
    const driver = await upDriver(words, env);
    return { ...this.flags, ...(driver ? toFlagInput(driver.flags, {}, driverHeading(driver.name)) : {}) };
  }

  /** Reads the declaration of the swarm, and prints its warnings. @returns it, and whether -y was given */
  protected async declared(): Promise<{ declared: Omit<UpOptions, 'ioOf' | 'confirmRemoval'>; confirmed: boolean }> {
    const { env, line } = this.invocation;
    const driver = await upDriver(this.argv, env);
    const own = (this.constructor as typeof SwarmUpCommand).flags;
    const flags = { ...own, ...toFlagInput(driver?.flags ?? []) };
    const { flags: given, argv: words } = await this.parse({ baseFlags: SwarmUpCommand.baseFlags, flags });
    const { warnings, ...rest } = await declaredBy({ words, given, driver, globals: this.globals, env, cwd: process.cwd() });
    for (const { message, line: at } of warnings) this.io.warn(`Warning: ${at === undefined ? '' : `line ${at}: `}${message}`);
    return { declared: { ...rest, command: repeatableLine(line, [], '') }, confirmed: given['y'] === true };
  }
}
