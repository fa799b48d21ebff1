import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { flagValues, type FlagValues } from '../../../src/base/flags.js';
import { plain } from '../../../src/base/text.js';
import type { Driver, DriverContext } from '../../../src/driver/contract.js';
import { flags as specs } from '../../../drivers/amazonec2/flags.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { MemoryMachine } from '../../helpers/driver-context.js';
import { ec2StandIn, firstAccount, firstKey, type AccessKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { driverOn, emptyFolder, flagsFor, secretsOf } from './driver-world.js';
import { actionsOf } from './ec2-world.js';

const other: AccessKey = { id: 'AKIAOTHERACCOUNT0001', secret: 'secret-of-the-other-account' };
const usual = { 'amazonec2-region': 'eu-central-1', 'amazonec2-instance-type': ['t3.micro'] };

describe('amazonec2: before anything is made', () => {
  let cloud: Ec2StandIn;
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  before(async function () {
    cloud = await ec2StandIn(this);
    folder = await emptyFolder();
  });
  after(() => folder.close());
  beforeEach(() => cloud.reset());
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
  });

  /** A machine as `create` would begin it, in a run of its own. */
  async function machine(flags: FlagValues = {}, key: AccessKey = firstKey) {
    const driver = driverOn();
    const { dir } = folder;
    const given = flagValues(specs, { ...usual, ...flagsFor(cloud), ...secretsOf(key), ...flags }, {});
    const data = await driver.parse({ machineName: 'm1', storePath: dir, machineDir: dir, flags: given });
    return { driver, memory: new MemoryMachine(data) };
  }
  const contextOf = (memory: MemoryMachine, key: AccessKey = firstKey): DriverContext =>
    memory.context({
      machineName: 'm1',
      machineDir: folder.dir,
      cacheDir: folder.dir,
      files: computerFiles,
      secrets: secretsOf(key),
      signal: new AbortController().signal,
    });
  async function refused(flags: FlagValues, key: AccessKey = firstKey): Promise<string> {
    const before = await cloud.inventory();
    const { driver, memory } = await machine(flags, key);
    const error = await failureOf(driver, memory, key);
    expect(await cloud.inventory(), 'something was made').to.deep.equal(before);
    expect(memory.entries, 'the ledger').to.deep.equal([]);
    return `${error.code} ${error.message} | ${plain(error.hint ?? '')}`;
  }
  async function failureOf(driver: Driver, memory: MemoryMachine, key: AccessKey): Promise<TsmachineError> {
    const error: unknown = await driver.precheck(memory.data, contextOf(memory, key)).catch((thrown: unknown) => thrown);
    if (!TsmachineError.is(error)) throw new Error('it was not refused', { cause: error });
    return error;
  }

  it('asks few things, and create asks none of them again', async () => {
    const { driver, memory } = await machine();
    const ctx = contextOf(memory);
    await driver.precheck(memory.data, ctx);
    const checked = await cloud.calls();
    expect(actionsOf(checked).sort()).to.deep.equal([
      'DescribeImages',
      'DescribeInstanceTypeOfferings',
      'DescribeInstanceTypes',
      'DescribeSubnets',
      'DescribeVpcs',
      'GetParameters',
      'RunInstances',
    ]);
    await driver.create(memory.data, ctx);
    const made = actionsOf(await cloud.calls(checked.length)).filter((action) => action !== 'DescribeInstances');
    expect(made).not.to.include.members(['DescribeImages', 'GetParameters', 'DescribeSubnets']);
    expect(checked.length + made.length, made.join(' ')).to.be.at.most(12);
  });

  const cases: readonly (readonly [string, FlagValues, RegExp])[] = [
    [
      'an unknown region',
      { 'amazonec2-region': 'eu-centrall-1' },
      /^FLAG_INVALID There is no region eu-centrall-1 \(--amazonec2-region\) \| Did you mean eu-central-1\?/,
    ],
    [
      'a region that the account has not enabled',
      { 'amazonec2-region': 'ap-east-2' },
      /not enabled the region ap-east-2 \(--amazonec2-region\) \| Enable it/,
    ],
    [
      'a key pair that is not there',
      { 'amazonec2-keypair-name': 'nobodys', 'amazonec2-ssh-keypath': '/nonexistent/key' },
      /^FLAG_INVALID --amazonec2-keypair-name nobodys: .*does not exist/,
    ],
    [
      'an instance profile that is not there',
      { 'amazonec2-iam-instance-profile': 'nobodys' },
      /^FLAG_INVALID --amazonec2-iam-instance-profile nobodys: /,
    ],
    ['a type that is not there', { 'amazonec2-instance-type': ['t3.mirco'] }, /--amazonec2-instance-type\) \| Did you mean t3\.micro\?/],
    ['a disk that is too small', { 'amazonec2-root-size': 2 }, /^FLAG_INVALID --amazonec2-root-size 2 is too small/],
    [
      'an Elastic IP that is not there',
      { 'amazonec2-elastic-ip': 'eipalloc-12345678' },
      /^FLAG_INVALID There is no Elastic IP eipalloc-12345678 in this region \| .*--amazonec2-elastic-ip/,
    ],
    [
      'a security group that is not there',
      { 'amazonec2-security-group': ['sg-12345678'] },
      /^FLAG_INVALID There is no security group sg-12345678 \| .*--amazonec2-security-group/,
    ],
    [
      'a group to be made that may not be changed',
      { 'amazonec2-security-group': ['mine'], 'amazonec2-security-group-readonly': true },
      /^FLAG_INVALID There is no security group mine in vpc-\w+, and with --amazonec2-security-group-readonly/,
    ],
    [
      'a further subnet that is not there',
      { 'amazonec2-extra-subnet-id': ['subnet-12345678'], 'amazonec2-private-address-only': true },
      /^FLAG_INVALID --amazonec2-extra-subnet-id.*: .*subnet-12345678.* \| Correct --amazonec2-extra-subnet-id$/,
    ],
    [
      'a speed that a volume does not have',
      { 'amazonec2-volume-iops': 10 },
      /^FLAG_INVALID --amazonec2-volume-iops 10: .*InvalidParameterValue/,
    ],
    ['IPv6 where the subnet has none', { 'amazonec2-ipv6-address-count': 1 }, /^FLAG_INVALID --amazonec2-ipv6-address-count 1: .*no IPv6/],
    ['an image that is not there', { 'amazonec2-ami': 'ami-00000000000000000' }, /^FLAG_INVALID --amazonec2-ami ami-0/],
  ];
  for (const [what, flags, words] of cases) {
    it(`refuses ${what}`, async () => {
      expect(await refused(flags)).to.match(words);
    });
  }

  describe("the user's files", () => {
    const written = async (bytes: Buffer | string): Promise<string> => {
      const path = join(folder.dir, 'given');
      await writeFile(path, bytes);
      return path;
    };
    beforeEach(async () => {
      await rm(folder.dir, { recursive: true });
      await mkdir(folder.dir);
    });
    afterEach(async () => {
      expect(
        (await readdir(folder.dir)).filter((name) => name !== 'given'),
        'a key was made',
      ).to.deep.equal([]);
    });

    it('refuses user data that is too large', async () => {
      const script = await written(`#!/bin/sh\n# ${randomBytes(20_000).toString('hex')}\n`);
      expect(await refused({ 'amazonec2-userdata': script })).to.match(
        /^FLAG_INVALID --amazonec2-userdata \S+given: The user data of m1 has \d+ bytes .*takes 16384/,
      );
    });

    it('refuses user data that cloud-init would ignore', async () => {
      expect(await refused({ 'amazonec2-userdata': await written('hello\n') })).to.match(/^FLAG_INVALID --amazonec2-userdata \S+given: /);
    });

    it('refuses files that are not there', async () => {
      expect(await refused({ 'amazonec2-userdata': '/nonexistent/data' })).to.match(/^FLAG_INVALID .*\(--amazonec2-userdata\)/);
      expect(await refused({ 'amazonec2-ssh-keypath': '/nonexistent/key' })).to.match(/^FLAG_INVALID .*\(--amazonec2-ssh-keypath\)/);
    });

    it('refuses a key whose public half is not known', async () => {
      expect(await refused({ 'amazonec2-ssh-keypath': await written('no key\n') })).to.match(
        /The public half .*\(--amazonec2-ssh-keypath\)/,
      );
    });

    it('takes user data of a good size', async () => {
      const { driver, memory } = await machine({ 'amazonec2-userdata': await written(`#!/bin/sh\n# ${'x'.repeat(30_000)}\n`) });
      await driver.precheck(memory.data, contextOf(memory));
    });
  });

  it('refuses credentials that Amazon does not know, with what to do', async () => {
    expect(await refused({}, other)).to.match(/^DRIVER_FAILED .*AuthFailure, request .* \| .*--amazonec2-profile/);
  });

  it('refuses expired credentials', async () => {
    await cloud.changeKey(firstKey.id, { expired: true });
    expect(await refused({})).to.match(/RequestExpired, request .* \| The credentials have expired/);
  });

  for (const [action, right] of [
    ['RunInstances', 'ec2:RunInstances'],
    ['CreateTags', 'ec2:CreateTags'],
    ['DescribeSubnets', 'ec2:DescribeSubnets'],
  ]) {
    it(`refuses credentials without the right to ${action ?? ''}, and names it`, async () => {
      await cloud.changeKey(firstKey.id, {
        policy: {
          Statement: [
            { Effect: 'Allow', Action: '*' },
            { Effect: 'Deny', Action: right ?? '' },
          ],
        },
      });
      expect(await refused({})).to.match(
        new RegExp(`^DRIVER_FAILED .*UnauthorizedOperation, request .* \\| Allow ${right ?? ''} in the policy`),
      );
    });
  }

  it('needs no right to ask SSM', async () => {
    await cloud.changeKey(firstKey.id, { policy: { Statement: [{ Effect: 'Allow', Action: ['ec2:*'] }] } });
    const { driver, memory } = await machine();
    await driver.precheck(memory.data, contextOf(memory));
  });

  it('leaves what is refused by the creating call alone to that, with nothing left', async () => {
    await cloud.setLimits({ vcpus: 0 });
    const { driver, memory } = await machine();
    const ctx = contextOf(memory);
    await driver.precheck(memory.data, ctx);
    const error: unknown = await driver.create(memory.data, ctx).catch((thrown: unknown) => thrown);
    expect(String((error as Error).message)).to.match(/VcpuLimitExceeded/);
    expect(plain((error as TsmachineError).hint ?? '')).to.match(/servicequotas/);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('takes no machine for gone with credentials of another account', async () => {
    await cloud.reset({
      accounts: [
        { id: firstAccount, keys: [firstKey] },
        { id: '444455556666', keys: [other] },
      ],
    });
    const { driver, memory } = await machine();
    await driver.create(memory.data, contextOf(memory));
    const ours = await cloud.inventory();
    const foreign = contextOf(memory, other);
    const words = /m1 is in the account 111122223333 of AWS, and these credentials are of 444455556666/;
    const error: unknown = await driver.look(memory.data, foreign).catch((thrown: unknown) => thrown);
    expect(String((error as Error).message)).to.match(words);
    const { left } = await driver.remove(memory.data, foreign);
    expect(left.map(({ why }) => plain(why ?? '')).join('\n')).to.match(words);
    expect(memory.entries).not.to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal(ours);
    expect((await driver.remove(memory.data, contextOf(memory))).left).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });
});
