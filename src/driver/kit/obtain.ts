import { randomUUID } from 'node:crypto';

import type { LedgerEntry } from '../../base/machine.js';
import type { ResourceCalls, ResourceRequest } from '../contract.js';

/** What is wanted, and what a ledger says of it. */
export interface Wanted<R> {
  readonly key: string;
  readonly wanted: ResourceRequest<R>;
  /** What an earlier run left in the ledger. */
  readonly entry: LedgerEntry | undefined;
  /** For what a store shares: the machine that wants it now. */
  readonly users?: readonly string[];
}

/**
 * Makes what is wanted, or finds what an earlier run made. The request is in the ledger before it is made, the operation while it runs,
 * the id as soon as it is known.
 * @param put changes an entry of the ledger or adds it, on disk when it returns
 * @returns the id of what there is now @throws what the calls throw; the entry then stays, for the next run
 */
export async function obtain<R>(
  { key, wanted: { kind, scope, request }, entry, users }: Wanted<R>,
  calls: ResourceCalls<R>,
  put: (entry: LedgerEntry) => Promise<void>,
): Promise<string> {
  const known = async (asked: LedgerEntry, id: string): Promise<string> => {
    if (asked.id !== id || asked.operation !== undefined) await put({ ...unmade(asked), id });
    return id;
  };
  let asked = entry;
  if (asked) {
    const found = await calls.find(asked);
    if (found !== undefined) return known(asked, found);
    if (asked.operation !== undefined && calls.resume) return known(asked, await calls.resume(asked.operation));
    // what had an id and is gone is made again with a new token: the old one could bring the old answer
    if (asked.id !== undefined) asked = { ...unmade(asked), token: randomUUID(), request };
  } else {
    asked = { key, kind, scope, request, token: randomUUID(), wanted: new Date().toISOString(), ...(users && { users }) };
  }
  if (asked !== entry) await put(asked);
  const made = asked;
  return known(made, await calls.make(made.request as R, made.token, (operation) => put({ ...made, operation })));
}

function unmade({ id: _id, operation: _operation, ...asked }: LedgerEntry): LedgerEntry {
  return asked;
}
