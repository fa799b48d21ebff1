import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { actions } from '../../../drivers/google/call/actions.js';
import { firstPrincipal, firstProject, gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import { Bench } from './bench.js';
import { forgetSecrets } from './driver-world.js';

/** The role of docs/google.md. */
function documented(): readonly string[] {
  const page = readFileSync(new URL('../../../docs/google.md', import.meta.url), 'utf8');
  const [, list = ''] = /```yaml\ntitle: tsmachine\n[^]*?includedPermissions:\n([^]*?)```/.exec(page) ?? [];
  return [...list.matchAll(/^ {2}- (\S+)$/gm)].map(([, permission = '']) => permission);
}

/** Calls for what goes wrong, by their permissions: a disk that outlives its VM, a rule that another run changes, words that are no names. */
const rare = {
  'disks.delete': 'compute.disks.delete',
  'firewalls.get': 'compute.firewalls.get',
  'machineTypes.list': 'compute.machineTypes.list',
  'zones.list': 'compute.zones.list',
};

const rules = [{ protocol: 'tcp', port: 2377 }, { protocol: 'udp', port: 4789 }, { protocol: 'esp' }] as const;

describe('google: the least role', () => {
  let cloud: GceStandIn;
  let bench: Bench;

  before(async function () {
    cloud = await gceStandIn(this);
  });
  after(forgetSecrets);
  afterEach(() => bench.close());

  async function allowed(permissions: readonly string[]) {
    const network = { name: 'mine', mode: 'custom', subnetworks: [{ name: 'sub', region: 'us-central1' }] } as const;
    const networks = [{ name: 'default', mode: 'auto' }, network] as const;
    await cloud.reset({ projects: [{ id: firstProject, networks }], principals: [{ ...firstPrincipal, permissions }] });
    bench = await Bench.open(cloud);
  }

  async function wholeLife(): Promise<void> {
    const owner = { store: 'one', machine: 'm1' };
    const m1 = await bench.machine('m1', { 'google-address': 'new', 'google-open-port': ['8080'] }, owner);
    const m2 = await bench.machine(
      'm2',
      { 'google-spot': true, 'google-network': 'mine', 'google-subnetwork': 'sub' },
      { ...owner, machine: 'm2' },
    );
    for (const machine of [m1, m2]) {
      await machine.precheck();
      await machine.create();
    }
    const members = new Map([
      ['m1', m1.memory.data],
      ['m2', m2.memory.data],
    ]);
    for (const wanted of [rules, []]) await bench.driver.openPorts?.(members, bench.account(), { swarm: 's', peers: [], rules: wanted });
    await bench.driver.allow?.(m1.memory.data, bench.context(m1), ['198.51.100.7/32']);
    await bench.driver.lookAll?.(members, bench.account());
    await bench.driver.console?.(m1.memory.data, bench.context(m1));
    await m2.stop();
    await m2.look();
    await m2.start();
    const theirs = await bench.machine('m1', {}, { store: 'another', machine: 'm1' });
    await bench.driver.claim?.({ ...m1.memory.data }, { ...bench.context(theirs), data: () => m1.memory.data });
    const existing = await bench.machine('m2', { 'google-use-existing': true });
    await existing.create();
    await existing.remove();
    await bench.driver.leftovers?.(bench.account());
    for (const machine of [m2, m1]) await machine.remove();
  }

  it('is enough for the whole life of a machine, and has nothing that no call needs', async () => {
    await allowed(documented());
    await wholeLife();
    const calls = await cloud.calls();
    expect(calls.filter(({ outcome }) => outcome === 'forbidden').map(({ action }) => action)).to.deep.equal([]);
    const needed = new Set(calls.filter(({ project }) => project === firstProject).flatMap(({ permissions }) => permissions));
    expect(documented()).to.deep.equal([...new Set([...needed, ...Object.values(rare)])].sort());
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('is for calls that are all made: the SDK is bundled for no others', async () => {
    await allowed(documented());
    await wholeLife();
    const made = new Set((await cloud.calls()).map(({ action }) => action));
    const all = Object.entries(actions).flatMap(([service, methods]) => methods.map((method) => `${service}.${method}`));
    expect(all.filter((action) => !made.has(action)).sort()).to.deep.equal([...Object.keys(rare), 'images.get'].sort());
  });

  it('is missed when a permission is taken away, which is named', async () => {
    await allowed(documented().filter((permission) => permission !== 'compute.firewalls.create'));
    const machine = await bench.machine('m1');
    const error: unknown = await machine.create().catch((reason: unknown) => reason);
    expect(String(error)).to.include("Required 'compute.firewalls.create' permission");
    expect(await cloud.inventory()).to.deep.equal([]);
  });
});
