import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openContexts } from '../../../src/docker/contexts.js';
import { readFactsFile, writeFactsFile } from '../../../src/store/facts.js';
import { readJournal, writeJournal } from '../../../src/store/journal.js';
import { readLedger, writeLedger } from '../../../src/store/ledger.js';
import { openStoreRegistry } from '../../../src/store/registry.js';
import { engineDefaults, swarmDefaults } from '../../../src/store/config/options.js';
import { openStore } from '../../../src/store/store.js';
import { scratch } from '../../helpers/scratch.js';
import { changedJson, type Chance } from '../mutation.js';
import type { Target } from '../target.js';

const id = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const at = '2026-11-20T10:00:00.000Z';
const journal = {
  version: 1,
  operation: 'create',
  driver: 'none',
  request: 'ab',
  startedAt: at,
  done: ['reserved', 'certificates'],
  command: ['create', 'm1'],
};
const entry = { key: 'vm', kind: 'VM', scope: 'machine', request: { size: 1 }, token: 't', wanted: at, id: 'i-1', operation: 'o' };
const ledger = { version: 1, id, path: '/store', entries: [entry, { ...entry, key: 'net', scope: 'store', users: [id] }] };
const facts = {
  createdAt: at,
  adopted: false,
  osId: 'debian',
  engineVersion: '28.5.2',
  engineInstall: { mode: 'auto', version: '28' },
  flags: { a: 1, b: ['c'] },
};
const remembered = {
  version: 1,
  id,
  path: '/store',
  mount: '/',
  machines: { m1: { id, driver: 'none', path: '/store/machines/m1', resources: [{ kind: 'VM', id: 'i-1' }] } },
};
const replacement = {
  ...{ by: 'n1', gone: false, role: 'worker', availability: 'active', labels: {}, driver: 'none', flags: {}, tlsSans: [], tls: {} },
  ...{ engine: engineDefaults, swarm: swarmDefaults, install: { mode: 'auto' } },
};
const swarm = {
  ...{
    version: 1,
    name: 'prod',
    cluster: 'c1',
    first: 'm1',
    members: { m1: { role: 'manager', group: 'm', node: 'n1' } },
    drained: { m1: 'active' },
  },
  ...{ replacing: { w1: replacement }, rejoining: { w2: { role: 'worker', labels: {} } }, renewing: { since: at, left: ['m1'] } },
};
const context = {
  Name: 'm1',
  Metadata: { Description: 'x', tsmachine: { machine: 'm1', store: '/s' } },
  Endpoints: { docker: { Host: 'tcp://192.0.2.7:2376' } },
};

interface Kind {
  readonly sample: unknown;
  readonly file: string;
  /** Reads the file; writes what it found, as a command would that changes it. */
  readonly read: () => Promise<unknown>;
}

/** The journal, the ledger and the other JSON files of a store, of the computer and of docker: read, and written again. */
export const records: Target = {
  name: 'records',
  share: 6,
  open() {
    const folder = scratch();
    const file = (name: string) => join(folder, name);
    for (const name of ['stores', 'swarms/prod', 'contexts/meta/x']) mkdirSync(file(name), { recursive: true });
    const again = async <T>(found: T | undefined, write: (found: T) => Promise<void>) => (found === undefined ? undefined : write(found));
    const store = openStore(folder);
    const registry = openStoreRegistry(folder);
    const contexts = openContexts(folder);
    const kinds: readonly Kind[] = [
      {
        sample: journal,
        file: 'journal.json',
        read: async () => again(await readJournal(file('journal.json')), (one) => writeJournal(file('j'), one)),
      },
      {
        sample: ledger,
        file: 'ledger.json',
        read: async () => again(await readLedger(file('ledger.json')), (one) => writeLedger(file('l'), one)),
      },
      {
        sample: facts,
        file: 'facts.json',
        read: async () => again(await readFactsFile(file('facts.json'), 'm1'), (one) => writeFactsFile(file('f'), one)),
      },
      { sample: remembered, file: `stores/${id}.json`, read: () => registry.all() },
      { sample: swarm, file: 'swarms/prod/swarm.json', read: async () => JSON.stringify((await store.swarms.find('prod')) ?? {}) },
      { sample: ['SWMKEY-1-a', 'SWMKEY-1-b'], file: 'swarms/prod/unlock-keys.json', read: () => store.swarms.unlockKeys('prod') },
      { sample: context, file: 'contexts/meta/x/meta.json', read: () => contexts.list() },
      {
        sample: { currentContext: 'm1', auths: {} },
        file: 'config.json',
        read: async () => [await contexts.current(), await contexts.forgetCurrent()],
      },
    ];
    const kindOf = (input: string): Kind => kinds[input.charCodeAt(0) - 65] ?? fail();
    return {
      make(chance: Chance) {
        const which = chance.below(kinds.length);
        return String.fromCharCode(65 + which) + changedJson(kinds[which]?.sample, chance);
      },
      async take(input) {
        const text = String(input);
        const kind = kindOf(text);
        writeFileSync(file(kind.file), text.slice(1));
        await kind.read();
      },
    };
  },
};

function fail(): never {
  throw new RangeError('the input was not made by this target');
}
