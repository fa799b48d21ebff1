import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { standInEngine, type StandInEngine } from './engine.js';
import type { Fact, Text } from './fact.js';
import { environmentFacts } from './facts-environment.js';
import { grammarFacts } from './facts-grammar.js';
import { listFacts } from './facts-list.js';
import { machineFacts } from './facts-machines.js';
import { runnerFacts } from './facts-runner.js';
import { openShop, type Shop } from './shop.js';

const oldStore = join(import.meta.dirname, '..', 'fixtures', 'docker-machine-store');
const sections = { ...grammarFacts, ...machineFacts, ...environmentFacts, ...listFacts, ...runnerFacts };

describe('compatibility: command lines of Docker Machine', () => {
  const prepared: Partial<Record<NonNullable<Fact['store']>, Shop>> = {};
  let engine: StandInEngine;
  let url: string;

  before(async () => {
    const [machines, withDefault, empty, old] = await Promise.all([openShop(), openShop(), openShop(), openShop()]);
    Object.assign(prepared, { machines, default: withDefault, empty, old });
    engine = await standInEngine('24.0.7');
    url = `tcp://127.0.0.1:${engine.port}`;
    await machines.run(['create', '-d', 'none', '--url', url, '--engine-label', 'zone=a', 'one', 'two']);
    await engine.serve(machines.store);
    await cp(machines.store, withDefault.store, { recursive: true });
    await withDefault.run(['create', '-d', 'none', '--url', url, 'default']);
    await cp(oldStore, old.store, { recursive: true });
  });
  after(async () => {
    await Promise.all([...Object.values(prepared).map((shop) => shop.close()), engine.close()]);
  });

  for (const [section, facts] of Object.entries(sections)) {
    describe(section, () => {
      for (const fact of facts) it(title(fact), () => check(fact));
    });
  }

  async function check({ line, as, store = 'machines', env, input, code = 0, out = '', err = '' }: Fact): Promise<void> {
    const shop = await openShop();
    try {
      const from = prepared[store];
      if (from) await cp(from.store, shop.store, { recursive: true });
      const filled = (text: string) => text.replaceAll('{store}', shop.store).replaceAll('{url}', url);
      const words = filled(line)
        .split(' ')
        .filter((word) => word !== '');
      const variables = env && Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value ?? '')]));
      const result = await shop.run(words, { env: variables, input, ...(as && { program: as }) });
      const expected = (text: Text, found: string) => (typeof text === 'string' ? filled(text) : text.test(found) ? found : text);
      expect(result).to.deep.equal({ code, stdout: expected(out, result.stdout), stderr: expected(err, result.stderr) });
    } finally {
      await rm(shop.store, { recursive: true, force: true });
    }
  }
});

function title({ line, as, store, env = {} }: Fact): string {
  const variables = Object.entries(env)
    .map(([name, value]) => `${name}=${value ?? ''} `)
    .join('');
  return `${variables}${as ?? 'tsmachine'} ${line}${store === undefined ? '' : ` (store: ${store})`}`;
}
