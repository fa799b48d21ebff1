import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import type { FlagValues } from '../../../src/base/flags.js';
import { plain } from '../../../src/base/text.js';
import { candidatesOf } from '../../../drivers/amazonec2/choose/candidates.js';
import { ec2StandIn, firstAccount, firstKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { actionsOf, configOf, open } from './ec2-world.js';

describe('amazonec2: choosing image and place', () => {
  let cloud: Ec2StandIn;
  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(() => cloud.reset());
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
  });

  const choose = (flags: FlagValues = {}) => candidatesOf(configOf(cloud, flags), open(cloud));
  async function refused(flags: FlagValues): Promise<string> {
    const error: unknown = await choose(flags).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!TsmachineError.is(error)) throw new Error('it was not refused');
    return `${error.code} ${error.message} | ${plain(error.hint ?? '')}`;
  }
  const subnets = async (filter: object = {}) => (await open(cloud).call('DescribeSubnets', filter)).Subnets ?? [];

  it('takes the newest Ubuntu with long support, in every zone that has the type, by few calls', async () => {
    const found = await choose();
    expect(found.map(({ type, zone }) => `${type} ${zone}`)).to.deep.equal([
      't3.micro eu-central-1a',
      't3.micro eu-central-1b',
      't3.micro eu-central-1c',
    ]);
    const [{ image }] = found;
    expect(image.name).to.match(/ubuntu-resolute-26\.04-amd64-server-20261112/);
    expect(image).to.include({ architecture: 'x86_64', rootDevice: '/dev/sda1', rootSize: 8, sshUser: 'ubuntu' });
    expect(actionsOf(await cloud.calls()).sort()).to.deep.equal([
      'DescribeImages',
      'DescribeInstanceTypeOfferings',
      'DescribeInstanceTypes',
      'DescribeSubnets',
      'DescribeVpcs',
      'GetParameters',
    ]);
  });

  it('asks nothing twice in a run', async () => {
    const ec2 = open(cloud);
    await candidatesOf(configOf(cloud), ec2);
    const before = await cloud.calls();
    await candidatesOf(configOf(cloud), ec2);
    expect(await cloud.calls(before.length)).to.deep.equal([]);
  });

  const images: readonly (readonly [FlagValues, RegExp, string])[] = [
    [{ 'amazonec2-image': 'ubuntu:22.04' }, /ubuntu-jammy-22\.04-amd64-server-20261112/, 'ubuntu'],
    [{ 'amazonec2-image': 'ubuntu:25.10' }, /ubuntu-questing-25\.10-amd64/, 'ubuntu'],
    [{ 'amazonec2-image': 'debian' }, /^debian-13-amd64-20261020/, 'admin'],
    [{ 'amazonec2-image': 'debian:12' }, /^debian-12-amd64/, 'admin'],
    [{ 'amazonec2-image': 'amazonlinux' }, /^al2023-ami-2023[\d.]+-kernel-6.1-x86_64$/, 'ec2-user'],
    [{ 'amazonec2-image': 'amazonlinux:2' }, /^amzn2-ami-hvm-2.0.20261101.0-x86_64-gp2$/, 'ec2-user'],
    [{ 'amazonec2-instance-type': ['t4g.small'] }, /ubuntu-resolute-26\.04-arm64-server-20261112/, 'ubuntu'],
    [{ 'amazonec2-ssh-user': 'me' }, /ubuntu/, 'me'],
  ];
  for (const [flags, name, user] of images) {
    it(`finds the same image by SSM and by EC2 alone: ${JSON.stringify(flags)}`, async () => {
      const [{ image }] = await choose(flags);
      expect(image.name).to.match(name);
      expect(image.sshUser).to.equal(user);
      await cloud.fault({ kind: 'error', action: 'GetParameters', code: 'AccessDeniedException', status: 400, times: null });
      const [{ image: without }] = await choose(flags);
      expect(without).to.deep.equal(image);
    });
  }

  it('asks EC2 where SSM cannot be reached', async () => {
    await cloud.fault({ kind: 'reset', action: 'GetParameters', times: null });
    const [{ image }] = await choose();
    expect(image.name).to.match(/26\.04/);
  });

  it('gives each architecture its own image', async () => {
    const found = await choose({ 'amazonec2-instance-type': ['t4g.small', 't3.small'], 'amazonec2-zone': ['b'] });
    expect(found.map(({ type, zone, image }) => `${type} ${zone} ${image.architecture}`)).to.deep.equal([
      't4g.small eu-central-1b arm64',
      't3.small eu-central-1b x86_64',
    ]);
  });

  it('honours a certain image', async () => {
    const [{ image }] = await choose({ 'amazonec2-image': 'debian:12' });
    const [{ image: same }] = await choose({ 'amazonec2-ami': image.id });
    expect(same).to.deep.equal(image);
  });

  it('keeps the order of types and zones', async () => {
    const found = await choose({ 'amazonec2-instance-type': ['t3.small', 't3.micro'], 'amazonec2-zone': ['eu-central-1c', 'a'] });
    expect(found.map(({ type, zone }) => `${type} ${zone}`)).to.deep.equal([
      't3.small eu-central-1c',
      't3.small eu-central-1a',
      't3.micro eu-central-1c',
      't3.micro eu-central-1a',
    ]);
  });

  it('takes the subnets that were given, in their order', async () => {
    const all = await subnets();
    const ids = all.map(({ SubnetId: id = '' }) => id).reverse();
    expect((await choose({ 'amazonec2-subnet-id': ids })).map(({ subnetId }) => subnetId)).to.deep.equal(ids);
  });

  it('stays in the zone of the extra subnets, which EC2 wants', async () => {
    const [first] = await subnets({ Filters: [{ Name: 'availability-zone', Values: ['eu-central-1b'] }] });
    const ids = (await subnets()).map(({ SubnetId: id = '' }) => id);
    const extra = { 'amazonec2-private-address-only': true, 'amazonec2-extra-subnet-id': [first?.SubnetId ?? ''] };
    for (const flags of [extra, { ...extra, 'amazonec2-zone': ['a', 'b'] }, { ...extra, 'amazonec2-subnet-id': ids }])
      expect((await choose(flags)).map(({ zone }) => zone)).to.deep.equal(['eu-central-1b']);
  });

  it('refuses extra subnets that cannot be, and names the flags', async () => {
    const ec2 = new EC2Client(cloud.client(firstKey, 'eu-central-1'));
    const all = await subnets();
    const inZone = (letter: string) => all.find(({ AvailabilityZone: zone = '' }) => zone.endsWith(letter))?.SubnetId ?? '';
    const [a, b] = [inZone('a'), inZone('b')];
    const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }));
    const { Subnet: foreign } = await ec2.send(
      new CreateSubnetCommand({ VpcId: vpc?.VpcId, CidrBlock: '10.7.1.0/24', AvailabilityZone: 'eu-central-1a' }),
    );
    ec2.destroy();
    const cases: readonly (readonly [FlagValues, RegExp])[] = [
      [{ 'amazonec2-extra-subnet-id': ['subnet-00000000000000000'] }, /--amazonec2-extra-subnet-id: .*InvalidSubnetID\.NotFound/],
      [{ 'amazonec2-extra-subnet-id': [a, b] }, /--amazonec2-extra-subnet-id: \S+ is in eu-central-1a and \S+ in eu-central-1b/],
      [
        { 'amazonec2-extra-subnet-id': [foreign?.SubnetId ?? ''] },
        new RegExp(`--amazonec2-extra-subnet-id .*belongs to ${vpc?.VpcId ?? ''}.* \\| Give --amazonec2-vpc-id ${vpc?.VpcId ?? ''}`),
      ],
      [{ 'amazonec2-extra-subnet-id': [b], 'amazonec2-zone': ['a'] }, /is in eu-central-1b, .* eu-central-1a alone \(--amazonec2-zone\)/],
      [{ 'amazonec2-extra-subnet-id': [b], 'amazonec2-subnet-id': [a] }, /is in eu-central-1b, .* alone \(--amazonec2-subnet-id\)/],
    ];
    for (const [flags, words] of cases)
      expect(await refused({ ...flags, 'amazonec2-private-address-only': true }), JSON.stringify(flags))
        .to.match(/^FLAG_INVALID /)
        .and.match(words);
  });

  it('refuses what cannot be, and names the flag', async () => {
    const [first] = await subnets();
    const subnet = first?.SubnetId ?? '';
    const zone = first?.AvailabilityZone ?? '';
    const other = zone.endsWith('a') ? 'b' : 'a';
    const [{ image: arm }] = await choose({ 'amazonec2-instance-type': ['t4g.small'] });
    const cases: readonly (readonly [FlagValues, RegExp])[] = [
      [
        { 'amazonec2-instance-type': ['t3.mirco'] },
        /eu-central-1 has no instance type t3\.mirco \(--amazonec2-instance-type\) \| Did you mean t3\.micro\?/,
      ],
      [{ 'amazonec2-zone': ['x'] }, /--amazonec2-zone eu-central-1x: vpc-\w+ has no subnet there\. It has some in eu-central-1a, /],
      [{ 'amazonec2-ami': 'ami-00000000000000000' }, /--amazonec2-ami ami-0{17}: .*does not exist.*InvalidAMIID\.NotFound/],
      [{ 'amazonec2-image': 'ubuntu:13.99' }, /no image ubuntu:13\.99 for x86_64 in eu-central-1 \(--amazonec2-image\)/],
      [
        { 'amazonec2-ami': arm.id },
        /--amazonec2-ami does not go with --amazonec2-instance-type: .* for arm64, and t3\.micro has x86_64 \| .*t4g\.micro/,
      ],
      [{ 'amazonec2-root-size': 7 }, /--amazonec2-root-size 7 is too small: .* needs 8 GB/],
      [{ 'amazonec2-subnet-id': ['subnet-00000000000000000'] }, /--amazonec2-subnet-id: .*InvalidSubnetID\.NotFound/],
      [
        { 'amazonec2-subnet-id': [subnet], 'amazonec2-vpc-id': 'vpc-00000000000000000' },
        /belongs to vpc-\w+, not to vpc-0{17} \(--amazonec2-vpc-id\)/,
      ],
      [{ 'amazonec2-subnet-id': [subnet], 'amazonec2-zone': [other] }, /is in .*, not in eu-central-1\w \(--amazonec2-zone\)/],
      [{ 'amazonec2-vpc-id': 'vpc-00000000000000000' }, /--amazonec2-vpc-id.*vpc-0{17}/],
      [{ 'amazonec2-instance-type': ['mac1.metal'] }, /--amazonec2-instance-type/],
    ];
    for (const [flags, words] of cases) {
      expect(await refused(flags), JSON.stringify(flags))
        .to.match(/^FLAG_(INVALID|MISSING) /)
        .and.match(words);
    }
  });

  it('needs a network where the account has none by default', async () => {
    await cloud.reset({ accounts: [{ id: firstAccount, keys: [firstKey], noDefaultVpc: true }] });
    expect(await refused({})).to.match(/^FLAG_MISSING .*no default VPC in eu-central-1: .*--amazonec2-vpc-id or --amazonec2-subnet-id/);
  });
});
