import type { Owner } from '../../../src/driver/contract.js';

export type Tags = Record<string, string>;

/** By these everything of ours is found again. Their values are ids, but for the creator's. */
export const tagKeys = { store: 'tsmachine.store', machine: 'tsmachine.machine', creator: 'tsmachine.creator' } as const;

/** What is the store's own has these; given in the very call that makes a thing. */
export function storeTags({ store }: Pick<Owner, 'store'>): Tags {
  return { [tagKeys.creator]: 'tsmachine', [tagKeys.store]: store };
}

/** What is a machine's own has these, and the user's. */
export function machineTags(owner: Owner, users: Readonly<Record<string, string>>): Tags {
  return { ...users, ...storeTags(owner), [tagKeys.machine]: owner.machine };
}

interface Tagged {
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Whether this store made it. Anything else is the user's, or another store's, and is never changed. */
export function isOfStore({ tags }: Tagged, store: string): boolean {
  return tags?.[tagKeys.store] === store;
}

export function isOfMachine({ tags }: Tagged, machine: string): boolean {
  return tags?.[tagKeys.machine] === machine;
}
