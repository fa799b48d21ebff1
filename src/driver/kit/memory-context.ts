import { randomUUID } from 'node:crypto';

import type { LedgerEntry, Owner } from '../../base/machine.js';
import { composeBootData } from '../../guest/boot-data.js';
import { ensureGuestKeys, trialKeys } from '../../guest/keys.js';
import type { AccountContext, DriverContext, DriverData, RegisteredMachine } from '../contract.js';
import { patched } from './data.js';
import { obtain } from './obtain.js';
import { Turns } from './turns.js';

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
  readonly #turns = new Turns();

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
      keep: (patch) => this.#replace(patched(this.data, patch)),
      replace: (data) => this.#replace(data),
      resource: (key, wanted, calls) =>
        this.#turns.take(key, () => {
          const entry = this.entries.find((one) => one.key === key);
          return obtain({ key, wanted, entry }, calls, async (changed) => this.#put(changed));
        }),
      resources: () => Promise.resolve([...this.entries]),
      released: async ({ key }, remove) => {
        if (remove && !(await remove())) return;
        this.entries = this.entries.filter((entry) => entry.key !== key);
        this.onWrite('ledger');
      },
      spawnDetached: refuse('programs'),
      ssh: refuse('SSH'),
      sshHost: (host) => Promise.resolve({ host, user: undefined, port: undefined, proxied: false }),
      listens: () => Promise.resolve(false),
      identity: () => ensureGuestKeys(parts.machineDir, parts.machineName),
      bootData: async (request) =>
        composeBootData(request, {
          machineName: parts.machineName,
          keys: await (request.trial ? trialKeys : ensureGuestKeys)(parts.machineDir, parts.machineName),
        }),
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

  #put(entry: LedgerEntry): Promise<void> {
    const isKnown = this.entries.some(({ key }) => key === entry.key);
    this.entries = isKnown ? this.entries.map((one) => (one.key === entry.key ? entry : one)) : [...this.entries, entry];
    this.onWrite('ledger');
    return Promise.resolve();
  }
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
    ask: () => Promise.resolve(undefined),
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
