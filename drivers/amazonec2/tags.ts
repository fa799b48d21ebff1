import type { Owner } from '../../src/driver/contract.js';
import type { Input } from './api.js';
import type { Config } from './config.js';

export type Tags = NonNullable<NonNullable<Input<'CreateTags'>['Tags']>>;

/** By these everything of ours is found again. Their values are ids, but for the creator's. */
export const tagKeys = { store: 'tsmachine.store', machine: 'tsmachine.machine', creator: 'tsmachine.creator' } as const;

/** What is the store's own has these; given in the very call that makes a thing. */
export function storeTags({ store }: Pick<Owner, 'store'>, name: string): Tags {
  return [
    { Key: 'Name', Value: name },
    { Key: tagKeys.creator, Value: 'tsmachine' },
    { Key: tagKeys.store, Value: store },
  ];
}

/** What is a machine's own has these, and the user's. A `Name` of the user's takes the place of ours. */
export function machineTags(owner: Owner, { machineName, tags }: Pick<Config, 'machineName' | 'tags'>): Tags {
  const ours = [...storeTags(owner, machineName), { Key: tagKeys.machine, Value: owner.machine }];
  const users = tags.map(({ key, value }) => ({ Key: key, Value: value }));
  return [...ours.filter(({ Key: key }) => !users.some((tag) => tag.Key === key)), ...users];
}
