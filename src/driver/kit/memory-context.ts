import { randomUUID } from 'node:crypto';

import type { LedgerEntry, Owner } from '../../base/machine.js';
import { composeBootData } from '../../guest/boot-data.js';
import { ensureGuestKeys } from '../../guest/keys.js';
import type { AccountContext, DriverContext, DriverData, RegisteredMachine, ResourceCalls, ResourceRequest } from '../contract.js';

type PartsNeeded = 'machineName' | 'machineDir' | 'cacheDir' | 'files';

/** What a test brings; the rest of the context is kept in memory. */
export type ContextParts = Pick<DriverContext, PartsNeeded> & Partial<DriverContext>;

type AccountParts = Pick<AccountContext, 'cacheDir' | 'files' | 'machineDir'> & Partial<AccountContext>;

/** A driver's data and ledger, which outlive the context as they would on disk. For tests of drivers. */
export class MemoryMachine {
  data: DriverData;
  entries: LedgerEntry[] = [];
  readonly owner: Owner;
  /** Called after every write of the data, and after every one of the ledger: to cut a run off there. */
  onWrite: (what: 'data' | 'ledger') => void = () => undefined;
  /** Calls for one key are made one after the other. */
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(data: DriverData = {}, owner: Owner = { store: randomUUID(), machine: randomUUID() }) {
    this.data = data;
    this.owner = owner;
  }

  context(parts: ContextParts): DriverContext {
    return {
      ...silentWorld(),
      secrets: {},
      owner: () => Promise.resolve(this.owner),
      data: () => this.data,
      keep: (patch) =>
        this.#replace(Object.fromEntries(Object.entries({ ...this.data, ...patch }).filter(([, value]) => value !== undefined))),
      replace: (data) => this.#replace(data),
      resource: (key, wanted, calls) => this.#inLine(key, () => this.#resource(key, wanted, calls)),
      resources: () => Promise.resolve([...this.entries]),
      released: ({ key }) => {
        this.entries = this.entries.filter((entry) => entry.key !== key);
        this.onWrite('ledger');
        return Promise.resolve();
      },
      spawnDetached: refuse('programs'),
      ssh: refuse('SSH'),
      listens: () => Promise.resolve(false),
      identity: () => ensureGuestKeys(parts.machineDir, parts.machineName),
      bootData: async (request) =>
        composeBootData(request, { machineName: parts.machineName, keys: await ensureGuestKeys(parts.machineDir, parts.machineName) }),
      ...parts,
    };
  }

  /** This machine as the computer's registry would remember it. */
  registered(name: string, path: string): RegisteredMachine {
    const resources = this.entries.flatMap(({ kind, id }) => (id === undefined ? [] : [{ kind, id }]));
    return { owner: this.owner, name, path, resources };
  }

  #replace(data: DriverData): Promise<DriverData> {
    this.data = data;
    this.onWrite('data');
    return Promise.resolve(data);
  }

  async #resource<R>(key: string, { kind, scope, request }: ResourceRequest<R>, calls: ResourceCalls<R>): Promise<string> {
    let entry = this.entries.find((one) => one.key === key);
    if (entry) {
      const found = await calls.find(entry);
      if (found !== undefined) return this.#known(entry, found);
      if (entry.operation !== undefined && calls.resume) return this.#known(entry, await calls.resume(entry.operation));
      if (entry.id !== undefined) entry = { ...unmade(entry), token: randomUUID(), request };
    } else {
      entry = { key, kind, scope, request, token: randomUUID(), wanted: new Date().toISOString() };
    }
    const asked = entry;
    this.#put(asked);
    const id = await calls.make(asked.request as R, asked.token, (operation) => {
      this.#put({ ...asked, operation });
      return Promise.resolve();
    });
    return this.#known(asked, id);
  }

  #known(entry: LedgerEntry, id: string): string {
    this.#put({ ...unmade(entry), id });
    return id;
  }

  #put(entry: LedgerEntry): void {
    const isKnown = this.entries.some(({ key }) => key === entry.key);
    this.entries = isKnown ? this.entries.map((one) => (one.key === entry.key ? entry : one)) : [...this.entries, entry];
    this.onWrite('ledger');
  }

  #inLine<T>(line: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#lines.get(line) ?? Promise.resolve()).then(work, work);
    this.#lines.set(line, turn);
    return turn;
  }
}

function unmade({ id: _id, operation: _operation, ...asked }: LedgerEntry): LedgerEntry {
  return asked;
}

/** The context of many machines, in memory. For tests of drivers. */
export function memoryAccount(store: string, registered: readonly RegisteredMachine[], parts: AccountParts): AccountContext {
  return {
    ...silentWorld(),
    secrets: {},
    storeId: () => Promise.resolve(store),
    registered: () => Promise.resolve(registered),
    ...parts,
  };
}

/** What is the same for one machine and for many. */
function silentWorld() {
  return {
    io: { info: () => undefined, warn: () => undefined, debug: () => undefined, progress: () => undefined },
    signal: new AbortController().signal,
    exec: refuse('programs'),
    download: refuse('downloads'),
    fetchText: refuse('downloads'),
    lock: (_name, use) => use(),
    limit: (_account, use) => use(),
  } satisfies Partial<AccountContext>;
}

function refuse(what: string): () => Promise<never> {
  return () => Promise.reject(new Error(`the test brings no ${what}`));
}
