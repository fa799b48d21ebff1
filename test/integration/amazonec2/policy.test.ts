import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import * as sdk from '../../../drivers/amazonec2/sdk.js';
import { ec2StandIn, firstKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import type { Policy } from '../../stand-ins/ec2/types.js';
import { Bench } from './bench.js';

/** The policy of docs/amazonec2.md. */
function documented(): Policy {
  const page = readFileSync(new URL('../../../docs/amazonec2.md', import.meta.url), 'utf8');
  return JSON.parse(/```json\n(?<policy>\{[^]*?\n\})\n```/.exec(page)?.groups?.['policy'] ?? '') as Policy;
}

const rules = [{ protocol: 'tcp', port: 2377 }, { protocol: 'udp', port: 4789 }, { protocol: 'esp' }] as const;

describe('amazonec2: the least rights', () => {
  let cloud: Ec2StandIn;
  let bench: Bench;
  const actions = documented().Statement.flatMap(({ Action: action }) => action);

  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset();
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    delete process.env['AWS_ENDPOINT_URL'];
    await bench.close();
  });

  it('name every call that the SDK was bundled for, and what those calls need besides', () => {
    const calls = Object.keys(sdk).flatMap((name) => /^(?<call>\w+)Command$/.exec(name)?.groups?.['call'] ?? []);
    const needed = calls.map((call) => `${call === 'GetParameters' ? 'ssm' : 'ec2'}:${call}`);
    expect(actions.filter((action) => !action.startsWith('iam:')).sort()).to.deep.equal(needed.sort());
  });

  it('are enough for the whole life of a machine', async () => {
    await cloud.changeKey(firstKey.id, { policy: documented() });
    const [m1, m2] = [
      await bench.machine('m1', { 'amazonec2-elastic-ip': 'new', 'amazonec2-open-port': ['8080'] }),
      await bench.machine('m2', { 'amazonec2-request-spot-instance': true }),
    ];
    for (const machine of [m1, m2]) {
      await bench.driver.precheck(machine.memory.data, bench.context(machine));
      await machine.create();
      await machine.until('Running');
    }
    const members = new Map([['m1', m1.memory.data]]);
    for (const wanted of [rules, []]) await bench.driver.openPorts?.(members, bench.account(), { swarm: 's', peers: [], rules: wanted });
    await bench.driver.lookAll?.(members, bench.account());
    await bench.driver.restart?.(m1.memory.data, bench.context(m1));
    await bench.driver.console?.(m1.memory.data, bench.context(m1));
    await m1.stop();
    await m1.until('Stopped');
    await m1.start();
    await bench.driver.claim?.(m1.memory.data, bench.context(m1));
    process.env['AWS_ENDPOINT_URL'] = cloud.url; // without a machine there is no flag that names it
    expect(await bench.driver.leftovers?.(bench.account())).not.to.deep.equal([]);
    for (const machine of [m2, m1]) expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('are missed when one of them is taken away', async () => {
    const without = { Statement: [{ Effect: 'Allow', Action: actions.filter((action) => action !== 'ec2:CreateSecurityGroup') }] } as const;
    await cloud.changeKey(firstKey.id, { policy: without });
    const machine = await bench.machine('m1');
    const error: unknown = await machine.create().catch((reason: unknown) => reason);
    expect(String(error)).to.include('CreateSecurityGroup');
    expect(await cloud.inventory()).to.deep.equal([]);
  });
});
