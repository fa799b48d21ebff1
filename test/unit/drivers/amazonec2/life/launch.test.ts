import { expect } from 'chai';

import { readConfig } from '../../../../../drivers/amazonec2/config.js';
import { runRequest } from '../../../../../drivers/amazonec2/life/launch.js';
import type { Market } from '../../../../../src/driver/kit/cloud/choose/markets.js';

const image = {
  id: 'ami-1',
  name: 'an image',
  architecture: 'x86_64',
  rootDevice: '/dev/sda1',
  rootSize: 8,
  sshUser: 'ubuntu',
} as const;

/** The request for a machine with this data. */
function requested(data: Record<string, unknown> = {}, how: { readonly type?: string; readonly market?: Market } = {}) {
  const { type = 't3.micro', market = 'on-demand' } = how;
  const candidate = { type, zone: 'eu-central-1a', subnetId: 'subnet-1', vpcId: 'vpc-1', image };
  const tags = [{ Key: 'tsmachine.store', Value: 'one' }];
  return runRequest(readConfig(data), { candidate, market }, { groups: ['sg-1'], userData: 'dG9sZA==', tags, token: 'token' });
}

describe('amazonec2: the call that makes an instance', () => {
  it('asks for nothing that was not said', () => {
    const asked = requested();
    expect(asked).to.include({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1, ClientToken: 'token', UserData: 'dG9sZA==' });
    expect(asked).not.to.have.any.keys(
      'Placement',
      'HibernationOptions',
      'CreditSpecification',
      'DisableApiTermination',
      'InstanceMarketOptions',
      'IamInstanceProfile',
      'KeyName',
      'Monitoring',
      'EbsOptimized',
    );
    expect(asked.MetadataOptions).to.include({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
  });

  it('tags everything that it makes', () => {
    const types = (market: Market) => requested({}, { market }).TagSpecifications?.map(({ ResourceType: type }) => type);
    expect(types('on-demand')).to.deep.equal(['instance', 'volume', 'network-interface']);
    expect(types('spot')).to.deep.equal(['instance', 'volume', 'network-interface', 'spot-instances-request']);
  });

  it('asks for hibernation, and for protection', () => {
    expect(requested({ Own: { hibernation: true, terminationProtection: true } })).to.deep.include({
      HibernationOptions: { Configured: true },
      DisableApiTermination: true,
    });
  });

  const placements: readonly (readonly [Record<string, unknown>, object])[] = [
    [{ tenancy: 'dedicated' }, { Tenancy: 'dedicated' }],
    [{ placementGroup: 'close' }, { GroupName: 'close' }],
    [
      { tenancy: 'host', placementGroup: 'close' },
      { Tenancy: 'host', GroupName: 'close' },
    ],
  ];
  for (const [own, placement] of placements) {
    it(`asks for a place: ${JSON.stringify(own)}`, () => {
      expect(requested({ Own: own }).Placement).to.deep.equal(placement);
    });
  }

  it('asks for credits where the type has them: others are refused with it', () => {
    const own = { Own: { cpuCredits: 'unlimited' } };
    for (const type of ['t2.micro', 't3a.small', 't4g.nano'])
      expect(requested(own, { type }).CreditSpecification).to.deep.equal({ CpuCredits: 'unlimited' });
    for (const type of ['m7i.large', 'trn1.2xlarge']) expect(requested(own, { type })).not.to.have.property('CreditSpecification');
  });

  it('asks for a disk as it was wanted', () => {
    const data = { VolumeType: 'gp3', EncryptEbsVolume: true, KmsKeyId: 'alias/mine', Own: { volumeIops: 4000, volumeThroughput: 250 } };
    expect(requested(data).BlockDeviceMappings).to.deep.equal([
      {
        DeviceName: '/dev/sda1',
        Ebs: {
          DeleteOnTermination: true,
          VolumeSize: 16,
          VolumeType: 'gp3',
          Iops: 4000,
          Throughput: 250,
          Encrypted: true,
          KmsKeyId: 'alias/mine',
        },
      },
    ]);
  });

  it('asks for a role by name or by ARN', () => {
    const arn = 'arn:aws:iam::111122223333:instance-profile/ci';
    expect(requested({ IamInstanceProfile: 'ci' }).IamInstanceProfile).to.deep.equal({ Name: 'ci' });
    expect(requested({ IamInstanceProfile: arn }).IamInstanceProfile).to.deep.equal({ Arn: arn });
  });

  it('asks for a spot instance once, at no more than the price', () => {
    expect(requested({ SpotPrice: '0.02' }, { market: 'spot' }).InstanceMarketOptions).to.deep.equal({
      MarketType: 'spot',
      SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate', MaxPrice: '0.02' },
    });
    expect(requested({}, { market: 'spot' }).InstanceMarketOptions?.SpotOptions).not.to.have.property('MaxPrice');
  });
});
