import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { armStandIn, firstPrincipal, firstSubscription, type ArmStandIn, type Role } from '../../stand-ins/arm/index.js';
import { Bench } from './bench.js';

/** The role of docs/azure.md. */
function documented(): readonly string[] {
  const page = readFileSync(new URL('../../../docs/azure.md', import.meta.url), 'utf8');
  const role = JSON.parse(/```json\n(?<role>\{[^]*?\n\})\n```/.exec(page)?.groups?.['role'] ?? '') as { readonly Actions: string[] };
  return role.Actions;
}

const rules = [{ protocol: 'tcp', port: 2377 }, { protocol: 'udp', port: 4789 }, { protocol: 'esp' }] as const;
const identity = `/subscriptions/${firstSubscription}/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine`;

describe('azure: the least rights', () => {
  let cloud: ArmStandIn;
  let bench: Bench;
  const actions = documented();

  before(async function () {
    cloud = await armStandIn(this);
  });
  afterEach(() => bench.close());

  async function opened(role: Role): Promise<void> {
    await cloud.reset({
      subscriptions: [{ id: firstSubscription, identities: [identity] }],
      principals: [{ ...firstPrincipal, role }],
    });
    bench = await Bench.open(cloud);
  }

  it('are enough for the whole life of a machine, and name no call that is never made', async () => {
    await opened({ actions });
    const m1 = await bench.machine('m1', { 'azure-open-port': ['8080'], 'azure-availability-set': 'set', 'azure-identity': [identity] });
    const urn = 'Debian:debian-13:13-gen2:latest';
    const m2 = await bench.machine(
      'm2',
      { 'azure-size': ['Standard_D2s_v5'], 'azure-spot': true, 'azure-image': urn },
      {
        store: m1.memory.owner.store,
        machine: '00000000-0000-4000-8000-000000000002',
      },
    );
    await m1.precheck();
    await m1.create();
    m2.memory.entries = m1.memory.entries.filter(({ scope }) => scope === 'store');
    await m2.precheck();
    await m2.create();
    const near = await bench.machine('m3', { 'azure-proximity-group': 'near' });
    expect(await near.precheck().catch((error: unknown) => String(error))).to.include('There is no proximity placement group');
    const wrong = await bench.machine('m4', { 'azure-image': 'Debian:debian-13:14:latest', 'azure-vnet': 'net' });
    expect(await wrong.precheck().catch((error: unknown) => String(error))).to.include('--azure-image');
    const members = new Map([m1, m2].map(({ name, memory }) => [name, memory.data]));
    const account = bench.account(m1.memory.owner.store);
    for (const wanted of [rules, []]) await bench.driver.openPorts?.(members, account, { swarm: 's', peers: [], rules: wanted });
    await bench.driver.lookAll?.(members, account);
    await bench.driver.restart?.(m1.memory.data, bench.context(m1));
    await bench.driver.console?.(m1.memory.data, bench.context(m1));
    await m1.kill();
    await m1.start();
    await bench.driver.claim?.(m1.memory.data, bench.context(m1));
    expect(await bench.driver.leftovers?.(account)).to.have.length(6);
    m2.memory.entries = m2.memory.entries.filter(({ scope }) => scope === 'machine');
    for (const machine of [m2, m1]) expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
    // what Azure asks for besides, and what is left of a machine that lost its parts
    const besides = /\/(join|assign)\/action$|\/disks\/|(publicIPAddresses|networkInterfaces)\/delete$/;
    const called = new Set(await bench.actions());
    expect(actions.filter((action) => !called.has(action) && !besides.test(action))).to.deep.equal([]);
    expect([...called].filter((action) => !actions.includes(action))).to.deep.equal([]);
  });

  for (const right of ['Microsoft.Network/virtualNetworks/write', 'Microsoft.Network/virtualNetworks/subnets/join/action'])
    it(`are missed when ${right} is taken away`, async () => {
      await opened({ actions: actions.filter((action) => action !== right) });
      const machine = await bench.machine('m1');
      const error: unknown = await machine.create().catch((reason: unknown) => reason);
      expect(String(error)).to.include(right);
      expect(await cloud.inventory()).to.deep.equal([]);
    });
});
