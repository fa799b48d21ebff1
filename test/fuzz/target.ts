import type { Chance } from './mutation.js';

/** Something of tsmachine that reads what others wrote. */
export interface Target {
  /** As on the command line. */
  readonly name: string;
  /** How many of all inputs it gets, compared with the other targets: cheap ones get more. */
  readonly share: number;
  /** Gets everything ready once, before the first input. */
  open(): Promise<Opened> | Opened;
}

export interface Opened {
  /** An input; the same for the same chance. */
  make(chance: Chance): string | Buffer;
  /** Takes the input as tsmachine would. It may succeed or throw a TsmachineError; anything else is a fault. */
  take(input: string | Buffer): unknown;
  /** What the inputs must have left as it was; called now and then, and at the end. @throws Error */
  check?(): void;
}
