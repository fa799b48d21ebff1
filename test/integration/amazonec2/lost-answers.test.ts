import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { Bench } from './bench.js';

const making = ['CreateSecurityGroup', 'AuthorizeSecurityGroupIngress', 'AllocateAddress', 'RunInstances', 'AssociateAddress'];
const removing = ['TerminateInstances', 'CancelSpotInstanceRequests', 'DisassociateAddress', 'ReleaseAddress', 'DeleteSecurityGroup'];

/** What everything that may be made beside an instance adds to the calls of the conformance suite. */
describe('amazonec2: answers lost while a spot instance with an Elastic IP is made and removed', () => {
  let cloud: Ec2StandIn;
  let bench: Bench;

  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset({ unseenInLists: 2, unseenById: 1 });
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  const flags = { 'amazonec2-request-spot-instance': true, 'amazonec2-elastic-ip': 'new', 'amazonec2-retries': -1 };
  const unlessRefused = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      if (!TsmachineError.is(error)) throw error;
    }
  };

  for (const kind of ['lost', 'reset'] as const) {
    const fate = kind === 'lost' ? 'whose answer is lost' : 'that is cut off before it is carried out';
    for (const action of [...making, ...removing]) {
      it(`${action} ${fate}: create goes on, rm leaves nothing`, async () => {
        await cloud.fault({ kind, action });
        const machine = await bench.machine('m1', flags);
        await unlessRefused(machine.create());
        await machine.create();
        const instances = (await cloud.instances()).filter(({ shown }) => shown.State.Name === 'running');
        expect(instances.map(({ shown }) => shown.InstanceId)).to.deep.equal([machine.id]);
        await unlessRefused(machine.remove());
        expect(await machine.remove()).to.deep.equal([]);
        expect(await cloud.inventory()).to.deep.equal([]);
        expect(machine.memory.entries).to.deep.equal([]);
      });
      if (making.includes(action))
        it(`${action} ${fate}: rm alone leaves nothing`, async () => {
          await cloud.fault({ kind, action });
          const machine = await bench.machine('m1', flags);
          await unlessRefused(machine.create());
          expect(await machine.remove()).to.deep.equal([]);
          expect(await cloud.inventory()).to.deep.equal([]);
          expect(machine.memory.entries).to.deep.equal([]);
        });
    }
  }
});
