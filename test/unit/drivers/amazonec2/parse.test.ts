import { expect } from 'chai';

import { checkConfig } from '../../../../drivers/amazonec2/check.js';
import { readConfig } from '../../../../drivers/amazonec2/config.js';
import { flags as specs } from '../../../../drivers/amazonec2/flags.js';
import { parseConfig } from '../../../../drivers/amazonec2/parse.js';
import { flagValues, type FlagValues } from '../../../../src/base/flags.js';
import { failureOf } from '../../../helpers/failure.js';

const machineDir = '/store/machines/m1';
const given = (flags: Record<string, unknown> = {}): FlagValues =>
  flagValues(specs, Object.fromEntries(Object.entries(flags).map(([name, value]) => [`amazonec2-${name}`, value])), {});
const parse = (flags: Record<string, unknown> = {}) =>
  parseConfig({ machineName: 'm1', storePath: '/store', machineDir, flags: given(flags) });

/** As docker-machine 0.16.2 writes it. */
const dockerMachine = {
  IPAddress: '3.120.1.2',
  MachineName: 'm1',
  SSHUser: 'ubuntu',
  SSHPort: 22,
  SSHKeyPath: `${machineDir}/id_rsa`,
  StorePath: '/store',
  SwarmMaster: false,
  SwarmHost: 'tcp://0.0.0.0:3376',
  SwarmDiscovery: '',
  Id: '3b2d',
  AccessKey: 'AKIAIOSFODNN7EXAMPLE',
  SecretKey: 'secret/+',
  SessionToken: '',
  Region: 'eu-central-1',
  AMI: 'ami-bc4925d3',
  SSHKeyID: 0,
  ExistingKey: false,
  KeyName: 'm1',
  InstanceId: 'i-0123456789abcdef0',
  InstanceType: 't2.micro',
  PrivateIPAddress: '172.31.1.2',
  SecurityGroupId: '',
  SecurityGroupIds: ['sg-0123456789abcdef0'],
  SecurityGroupName: '',
  SecurityGroupNames: ['docker-machine'],
  SecurityGroupReadOnly: false,
  OpenPorts: null,
  Tags: '',
  ReservationId: '',
  DeviceName: '/dev/sda1',
  RootSize: 16,
  VolumeType: 'gp2',
  IamInstanceProfile: '',
  VpcId: 'vpc-01234567',
  SubnetId: 'subnet-01234567',
  Zone: 'a',
  RequestSpotInstance: false,
  SpotPrice: '0.50',
  BlockDurationMinutes: 0,
  PrivateIPOnly: false,
  UsePrivateIP: false,
  UseEbsOptimizedInstance: false,
  Monitoring: false,
  SSHPrivateKeyPath: '',
  RetryCount: 5,
  Endpoint: '',
  DisableSSL: false,
  UserDataFile: '',
};

describe('amazonec2: flags to data', () => {
  it("has Docker Machine's fields with its types, in its order, and nothing that it does not know but rancher-machine's and ours", () => {
    const data = parse();
    const shape = (of: object) => Object.entries(of).map(([name, value]) => `${name}: ${typeof value}`);
    expect(shape(data).slice(0, Object.keys(dockerMachine).length)).to.deep.equal(shape(dockerMachine));
    expect(Object.keys(data).slice(Object.keys(dockerMachine).length)).to.deep.equal([
      'EncryptEbsVolume',
      'KmsKeyId',
      'HttpEndpoint',
      'HttpTokens',
      'HttpProtocolIpv6',
      'Ipv6AddressCount',
      'EnablePrimaryIpv6',
      'Ipv6AddressOnly',
      'Own',
    ]);
  });

  it('passes the check and is read as it was meant', () => {
    const data = parse({ zone: ['b', 'us-east-1c'], 'allowed-cidr': ['10.1.2.3/8', '192.0.2.1', '2001:DB8::/32'], tags: 'a,1,b,' });
    checkConfig(data, { machineDir });
    const { own, tags } = readConfig(data);
    expect(data['Zone']).to.equal('b');
    expect(own.zones).to.deep.equal(['us-east-1b', 'us-east-1c']);
    expect(own.allowedCidrs).to.deep.equal(['10.0.0.0/8', '192.0.2.1/32', '2001:db8::/32']);
    expect(own.instanceTypes).to.deep.equal(['t3.micro']);
    expect(tags).to.deep.equal([
      { key: 'a', value: '1' },
      { key: 'b', value: '' },
    ]);
  });

  it('never has a secret in it', () => {
    expect(JSON.stringify(parse({ 'access-key': 'AKIAX', 'secret-key': 'hush', 'session-token': 'hush' }))).not.to.match(/AKIAX|hush/);
  });

  const refused: Record<string, unknown[]> = {
    region: ['middle-earth', 'us-east'],
    zone: [['eu-central-1a'], ['us-east-1'], ['A']],
    'vpc-id': ['vpc', 'subnet-0123456789abcdef0'],
    'subnet-id': [['subnet-xyz']],
    ami: ['ubuntu'],
    image: ['windows', 'ubuntu:'],
    'instance-type': [['t3']],
    'iam-instance-profile': ['arn:aws:iam::1234:instance-profile/x', 'arn:aws:iam::123456789012:role/x', 'a b'],
    'kms-key': ['arn:aws:kms:eu-central-1:12:key/x', 'my key'],
    tags: ['a', 'a,b,c', 'a,1,a,2', ',x', 'aws:x,1', 'tsmachine.store,1', `${'k'.repeat(129)},1`],
    'open-port': [['0'], ['65536'], ['80/icmp'], ['http'], ['80/']],
    'allowed-cidr': [['10.0.0.0/33'], ['10.0.0'], ['fe80::1%eth0/64'], ['::/129'], ['all']],
    'address-lookup': ['checkip'],
    'elastic-ip': ['eipalloc-', '203.0.113.1'],
    'root-size': [0, -1],
    'volume-type': ['ssd', 'st1'],
    'volume-iops': [-1],
    'spot-price': ['cheap', '0', '-1'],
    'device-name': ['C:'],
    'metadata-hop-limit': [0, 65],
    'ssh-user': ['-oProxyCommand=x', 'a b'],
    'ssh-port': [0],
    'cpu-credits': ['some'],
    tenancy: ['alone'],
    endpoint: ['ftp://x', 'a b'],
    'ipv6-address-count': [-1],
  };
  for (const [name, values] of Object.entries(refused)) {
    it(`refuses malformed values of --amazonec2-${name} by its name`, async () => {
      for (const value of values) {
        const { code, message } = await failureOf(() => parse({ [name]: value }));
        expect({ code, named: message.includes(`--amazonec2-${name}`) }, JSON.stringify(value)).to.deep.equal({
          code: 'FLAG_INVALID',
          named: true,
        });
      }
    });
  }

  const incomplete: Record<string, unknown>[] = [
    { 'insecure-transport': true },
    { 'keypair-name': 'mine' },
    { 'ipv6-address-only': true },
    { 'enable-primary-ipv6': true },
    { 'spot-fallback': true },
    { 'http-endpoint': 'disabled' },
    { 'volume-type': 'io2' },
  ];
  const contrary: Record<string, unknown>[] = [
    { 'volume-type': 'gp2', 'volume-iops': 4000 },
    { 'volume-type': 'io2', 'volume-iops': 4000, 'volume-throughput': 200 },
    { 'elastic-ip': 'new', 'private-address-only': true },
    { 'engine-at-boot': true, image: 'amazonlinux:2' },
    { 'request-spot-instance': true, hibernation: true },
    { 'request-spot-instance': true, 'termination-protection': true },
  ];
  it('refuses flags that need or exclude others, naming both', async () => {
    for (const flags of incomplete) expect((await failureOf(() => parse(flags))).code, JSON.stringify(flags)).to.equal('FLAG_MISSING');
    for (const flags of contrary) expect((await failureOf(() => parse(flags))).code, JSON.stringify(flags)).to.equal('FLAG_INVALID');
  });

  it('lets the engine come with the first boot only if that was said', () => {
    expect(readConfig(parse({})).own.engineAtBoot).to.equal(false);
    const data = parse({ 'engine-at-boot': true });
    expect(readConfig(data).own.engineAtBoot).to.equal(true);
    checkConfig(data, { machineDir });
  });

  it("lets another endpoint than Amazon's have ids and zones of its own", () => {
    const data = parse({ endpoint: 'http://127.0.0.1:5000', region: 'RegionOne', zone: ['nova', 'a'], ami: 'emi-1', 'vpc-id': 'net1' });
    expect(readConfig(data).own.zones).to.deep.equal(['nova', 'RegionOnea']);
    checkConfig(data, { machineDir });
  });
});

describe('amazonec2: data that comes from disk', () => {
  it('of Docker Machine passes, and is read as a machine that was made', () => {
    checkConfig(dockerMachine, { machineDir });
    const config = readConfig(dockerMachine);
    expect(config.own.subnetIds).to.deep.equal(['subnet-01234567']);
    expect(config.own.instanceTypes).to.deep.equal(['t2.micro']);
    expect(config.securityGroupIds).to.deep.equal(['sg-0123456789abcdef0']);
    expect(config.openPorts).to.deep.equal([]);
  });

  it('is refused where it would become a path, a call or a command that nobody meant', async () => {
    const bad: Record<string, unknown> = {
      SSHKeyPath: '/home/u/.ssh/id_rsa',
      InstanceId: '../x',
      Region: 'a b',
      Endpoint: 'file:///etc/passwd',
      SecurityGroupIds: ['sg 1'],
      OpenPorts: ['all'],
      RootSize: '16',
      Own: { zones: ['a b'] },
    };
    for (const [field, value] of Object.entries(bad)) {
      const { code, message } = await failureOf(() => checkConfig({ ...dockerMachine, [field]: value }, { machineDir }));
      expect({ code, field: message.split(' ')[0] }).to.deep.equal({ code: 'CONFIG_UNREADABLE', field: `Driver.${field}` });
    }
  });

  it('may name a key of the user, whose place it tells', () => {
    checkConfig({ ...dockerMachine, SSHKeyPath: '/home/u/key', SSHPrivateKeyPath: '/home/u/key' }, { machineDir });
  });
});
