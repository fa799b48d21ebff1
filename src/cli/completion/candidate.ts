/** One possible completion of the word at the cursor. */
export interface Candidate {
  /** The whole word, `--driver=none` and not `none`. If it ends with `=` or `:`, more of the word follows. */
  readonly word: string;
  /** A description in one line; may be empty. */
  readonly about: string;
}

/** What the shell itself completes. */
export type Place = 'files' | 'folders';

/** The completions of a word. */
export interface Choice {
  readonly candidates: readonly Candidate[];
  /** Completions that the shell adds. */
  readonly place?: Place;
}

/** No completions. */
export const nothing: Choice = { candidates: [] };

/** Completions that share a description. */
export function words(list: readonly string[], about = ''): Choice {
  return { candidates: list.map((word) => ({ word, about })) };
}

/**
 * The lines that the scripts in templates/shell read: `WORD<TAB>DESCRIPTION` for each candidate, then `:files` or `:folders` if the
 * shell must add those. No candidate begins with a colon.
 */
export function choiceLines({ candidates, place }: Choice, current: string): string[] {
  const lines = candidates
    .filter(({ word }) => word.startsWith(current))
    .map(({ word, about }) => `${word}\t${about.replace(/\s+/g, ' ').trim()}`);
  return place === undefined ? lines : [...lines, `:${place}`];
}
