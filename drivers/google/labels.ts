import type { Owner } from '../../src/driver/contract.js';
import type { Config } from './config.js';

export type Labels = Readonly<Record<string, string>>;

/** By these everything of ours is found again. Their values are ids, but for the creator's. */
export const labelKeys = { store: 'tsmachine-store', machine: 'tsmachine-machine', creator: 'tsmachine-creator' } as const;

/** What is a machine's own has these; given in the very call that makes a thing. Pure. */
export function ownerLabels({ store, machine }: Owner): Labels {
  return { [labelKeys.creator]: 'tsmachine', [labelKeys.store]: store, [labelKeys.machine]: machine };
}

/** The same with the user's. Pure. */
export function machineLabels(owner: Owner, { labels }: Pick<Config, 'labels'>): Labels {
  return { ...Object.fromEntries(labels.map(({ key, value }) => [key, value])), ...ownerLabels(owner) };
}

/** The network tag of a store's machines: its firewall rules are for those that have it. Pure. */
export function storeTag(store: string): string {
  return `tsmachine-${store}`;
}

/** What has no labels at Google (firewall rules, addresses) says in its description whose it is. Pure. */
export function ownerNote({ store, machine }: Pick<Owner, 'store'> & Partial<Owner>, what: string): string {
  return `tsmachine: ${what}; store ${store}${machine === undefined ? '' : `; machine ${machine}`}`;
}

/** The reverse of `ownerNote`; undefined for what is not ours. Pure. */
export function ownerFrom(description = ''): { readonly store: string; readonly machine?: string } | undefined {
  const [, store, machine] = /^tsmachine: .*; store ([\w-]+)(?:; machine ([\w-]+))?$/.exec(description) ?? [];
  if (store === undefined) return undefined;
  return { store, ...(machine === undefined ? {} : { machine }) };
}
