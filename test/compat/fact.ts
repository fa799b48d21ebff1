/** What a command line prints: the whole text, or a pattern in it. `{store}` and `{url}` stand for those of the run. */
export type Text = string | RegExp;

/** What one command line of Docker Machine does, and must do here. */
export interface Fact {
  /** The command line, its words separated by blanks; what it is called by if not by `tsmachine`. */
  readonly line: string;
  readonly as?: 'docker-machine';
  /** `one` and `two`, whose engine answers; the same with `default`; nothing; or a store that Docker Machine made. */
  readonly store?: 'machines' | 'default' | 'empty' | 'old';
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Default 0. */
  readonly code?: number;
  /** Defaults: nothing. */
  readonly out?: Text;
  readonly err?: Text;
}

/** A fact of both names: `...both.map((as) => ({ ...as, line: 'ls' }))`. */
export const both: readonly Pick<Fact, 'as'>[] = [{}, { as: 'docker-machine' }];
