/** One word that may stand at the cursor. */
export interface Candidate {
  /** The whole word, `--driver=none` and not `none`. When it ends with `=` or `:` more of the same word follows. */
  readonly word: string;
  /** One line; empty where there is nothing to say. */
  readonly about: string;
}

/** What the shell itself completes, because it knows how. */
export type Place = 'files' | 'folders';

export interface Choice {
  readonly candidates: readonly Candidate[];
  readonly place?: Place;
}

export const nothing: Choice = { candidates: [] };

export function words(list: readonly string[], about = ''): Choice {
  return { candidates: list.map((word) => ({ word, about })) };
}

/**
 * The lines that the scripts in templates/shell read: `WORD<TAB>DESCRIPTION` each, and `:files` or `:folders` where the shell is to add those.
 * No candidate begins with a colon.
 */
export function choiceLines({ candidates, place }: Choice, current: string): string[] {
  const lines = candidates
    .filter(({ word }) => word.startsWith(current))
    .map(({ word, about }) => `${word}\t${about.replace(/\s+/g, ' ').trim()}`);
  return place === undefined ? lines : [...lines, `:${place}`];
}
