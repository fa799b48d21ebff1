import { join } from 'node:path';

import { RunInstancesCommand, StartInstancesCommand, StopInstancesCommand, type EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { expect } from 'chai';

import { silentIo } from '../../src/base/io.js';
import { ensureGuestKeys } from '../../src/guest/keys.js';
import { userData } from '../../src/guest/user-data.js';
import { connect } from '../../src/ssh/dial/connect.js';
import { look, oneAttempt, terminate, ubuntu } from '../integration/stand-ins/ec2-cloud.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { scratch } from '../helpers/scratch.js';
import { BackedInstances } from '../stand-ins/ec2/backed.js';
import { ec2StandIn, type Ec2StandIn } from '../stand-ins/ec2/index.js';

describe('an instance of the stand-in for EC2 that a host plays', () => {
  let cloud: Ec2StandIn;
  let ec2: EC2Client;
  let lab: Lab;
  let backed: BackedInstances;

  before(async function () {
    cloud = await ec2StandIn(this);
    await cloud.reset({ backed: true });
    ec2 = oneAttempt(cloud);
    lab = await openLab();
    backed = new BackedInstances(cloud, lab);
  });

  after(async () => {
    try {
      await backed.close();
    } finally {
      await lab.close();
    }
  });

  /** Waits for the state as the host brings it about, and tells the instance then. */
  async function settled(id: string, state: string): Promise<Instance> {
    for (let seen = 0; ;) {
      const { states } = await cloud.notes(seen, 120);
      if (states.length === 0) throw new Error(`the instance did not become ${state}`);
      seen += states.length;
      const now = await look(ec2, id);
      if (now?.State?.Name === state) return now;
    }
  }

  it('boots with real cloud-init and its user data, moves at stop and start, and goes at its end', async () => {
    const dir = scratch();
    const keys = await ensureGuestKeys(join(dir, 'web1'), 'web1');
    const data = userData({
      hostname: 'web1',
      user: 'ubuntu',
      authorizedKeys: [keys.loginPublic],
      hostKey: keys.hostKey,
      datasource: 'Ec2',
    });
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId: await ubuntu(cloud),
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        UserData: Buffer.from(data).toString('base64'),
      }),
    );
    const id = Instances?.[0]?.InstanceId ?? '';
    expect((await look(ec2, id))?.State?.Name).to.equal('pending');

    const options = { machine: 'web1', unknownHostKey: 'refuse', io: silentIo, signal: new AbortController().signal } as const;
    const asked = async ({ PublicIpAddress: host = '' }: Instance) => {
      const endpoint = { host, port: 22, user: 'ubuntu', keyPath: keys.loginKeyPath };
      const connection = await connect(endpoint, { ...options, knownHostsFile: join(dir, 'web1', 'known_hosts') });
      try {
        const command =
          'hostname; sudo -n id -un; sudo -n cat /var/lib/cloud/instance/user-data.txt | sha256sum; cat /run/cloud-init/.instance-id';
        return (await connection.exec(command)).stdout.trim().split('\n');
      } finally {
        await connection.close();
      }
    };
    const first = await settled(id, 'running');
    const told = await asked(first);
    expect([told[0], told[1], told[3]]).to.deep.equal(['web1', 'root', id]);
    expect(first.PrivateIpAddress).to.equal(first.PublicIpAddress);

    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    expect((await settled(id, 'stopped')).PublicIpAddress).to.equal(undefined);
    expect((await backed.host(id)?.machine.look())?.state).to.equal('Stopped');
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    const second = await settled(id, 'running');
    expect(second.PublicIpAddress).not.to.equal(first.PublicIpAddress);
    expect(await asked(second)).to.deep.equal(told);

    await terminate(ec2, id);
    await settled(id, 'terminated');
    expect(backed.host(id)).to.equal(undefined);
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
  });
});
