import type { Files } from '../../../base/guest.js';
import type { FlagValues } from '../../../base/flags.js';
import type { AccountContext, Driver, DriverContext, DriverData, DriverModule } from '../../contract.js';

/** Makes a call to the outside. The suite may refuse it, or carry it out and lose its answer. */
export type Around = <T>(call: string, carryOut: () => Promise<T>) => Promise<T>;

/** Whose context it is. */
export interface WorldMachine {
  readonly name: string;
  readonly machineDir: string;
}

/** Everything outside of a driver, imitated. The suite makes a new one for every run of a driver. */
export interface ConformanceWorld {
  /** An empty folder: the machines' folders and the cache come below it. */
  readonly dir: string;
  readonly files: Files;
  /** Values of the flags that have no default, for a machine that can be made in this world. */
  readonly flags: FlagValues;
  /** Another valid value, for flags where changing the default by one, or to another word, makes no valid value. */
  readonly samples?: FlagValues;
  /** Values for flags that are marked `secret`. */
  readonly secrets?: FlagValues;
  /**
   * What this world has of a machine's context: `exec`, `listens` and the like. The suite itself counts and disturbs `exec`,
   * `spawnDetached`, `ssh`, `download` and `fetchText`.
   */
  parts?(machine: WorldMachine): Partial<DriverContext>;
  /** What this world has of an account's context. */
  account?(): Partial<AccountContext>;
  /** Opens the driver in this world, when it does not reach it through its context alone. */
  open?(): Driver | Promise<Driver>;
  /** Everything that exists outside of `dir`, foreign things too: one line for each, in any order. */
  inventory(): readonly string[] | Promise<readonly string[]>;
  /** How many machines exist in it; absent for a driver that makes none. */
  machines?(): number | Promise<number>;
  close?(): void | Promise<void>;
}

export interface ConformanceOptions {
  /** @param around through which the world passes every call to the outside that does not go through a driver's context */
  makeWorld(around: Around): ConformanceWorld | Promise<ConformanceWorld>;
  /** Driver data of other programs and versions that must be accepted. */
  readonly fixtures?: readonly { readonly data: DriverData; readonly machineDir: string }[];
  /** Milliseconds in which a call must end once its signal is aborted; default 5000. */
  readonly patience?: number;
  /** Disturbs every n-th call and write only; for worlds that are slow. Default 1. */
  readonly stride?: number;
}

/** What is tested. */
export interface Subject {
  readonly module: DriverModule;
  readonly options: ConformanceOptions;
}

/** A rule that every driver keeps. */
export interface Rule {
  readonly name: string;
  /** Whether it says anything about this driver; default: it does. */
  applies?(driver: Driver, features: { readonly powerControl: boolean }): boolean;
  /** Throws when the driver breaks it. */
  check(subject: Subject): Promise<void>;
}
