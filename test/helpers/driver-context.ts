import { randomUUID } from 'node:crypto';

import type { LedgerEntry, Owner } from '../../src/base/machine.js';
import type { DriverContext, DriverData, ResourceCalls, ResourceRequest } from '../../src/driver/contract.js';
import { computerFiles } from '../../src/machine/access/files.js';
import { ensureGuestKeys } from '../../src/guest/keys.js';
import { composeBootData } from '../../src/guest/boot-data.js';

/** What a test brings; everything else of a context stands in memory. */
export type ContextParts = Pick<DriverContext, 'machineName' | 'machineDir' | 'cacheDir'> & Partial<DriverContext>;

/** A driver's data and ledger, which outlive the context as they would on disk. */
export class MemoryMachine {
  data: DriverData;
  entries: LedgerEntry[] = [];
  readonly owner: Owner = { store: randomUUID(), machine: randomUUID() };
  /** Called after every write of the data, and after every one of the ledger: to cut a run off there. */
  onWrite: (what: 'data' | 'ledger') => void = () => undefined;

  constructor(data: DriverData = {}) {
    this.data = data;
  }

  context(parts: ContextParts): DriverContext {
    const refuse = (what: string) => () => Promise.reject(new Error(`the test brings no ${what}`));
    return {
      io: { info: () => undefined, warn: () => undefined, debug: () => undefined, progress: () => undefined },
      signal: new AbortController().signal,
      secrets: {},
      files: computerFiles,
      owner: () => Promise.resolve(this.owner),
      data: () => this.data,
      keep: (patch) =>
        this.replace(Object.fromEntries(Object.entries({ ...this.data, ...patch }).filter(([, value]) => value !== undefined))),
      replace: (data) => this.replace(data),
      resource: (key, wanted, calls) => this.resource(key, wanted, calls),
      resources: () => Promise.resolve([...this.entries]),
      released: ({ key }) => {
        this.entries = this.entries.filter((entry) => entry.key !== key);
        return Promise.resolve();
      },
      exec: refuse('programs'),
      spawnDetached: refuse('programs'),
      ssh: refuse('SSH'),
      listens: () => Promise.resolve(false),
      download: refuse('downloads'),
      fetchText: refuse('downloads'),
      lock: (_name, use) => use(),
      limit: (_account, use) => use(),
      identity: () => ensureGuestKeys(parts.machineDir, parts.machineName),
      bootData: async (request) =>
        composeBootData(request, { machineName: parts.machineName, keys: await ensureGuestKeys(parts.machineDir, parts.machineName) }),
      ...parts,
    };
  }

  private replace(data: DriverData): Promise<DriverData> {
    this.data = data;
    this.onWrite('data');
    return Promise.resolve(data);
  }

  private async resource<R>(key: string, { kind, scope, request }: ResourceRequest<R>, calls: ResourceCalls<R>): Promise<string> {
    let entry = this.entries.find((one) => one.key === key);
    if (entry) {
      const found = await calls.find(entry);
      if (found !== undefined) return this.put({ ...entry, id: found });
      if (entry.operation !== undefined && calls.resume) return this.put({ ...entry, id: await calls.resume(entry.operation) });
      if (entry.id !== undefined) {
        const { id: _gone, ...rest } = entry;
        entry = { ...rest, token: randomUUID(), request };
      }
    } else {
      entry = { key, kind, scope, request, token: randomUUID(), wanted: new Date().toISOString() };
    }
    const asked = entry;
    this.put(asked);
    const id = await calls.make(asked.request as R, asked.token, (operation) => {
      this.put({ ...asked, operation });
      return Promise.resolve();
    });
    return this.put({ ...asked, id });
  }

  private put(entry: LedgerEntry): string {
    this.entries = [...this.entries.filter(({ key }) => key !== entry.key), entry];
    this.onWrite('ledger');
    return entry.id ?? '';
  }
}
