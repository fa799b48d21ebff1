import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { openAws, type Caller, type Place } from '../../../drivers/amazonec2/api.js';
import { dropStoredKeys, placeOf } from '../../../drivers/amazonec2/credentials.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import { MemoryMachine } from '../../helpers/driver-context.js';
import { ec2StandIn, firstAccount, firstKey, type AccessKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { caller, dataOf, open } from './ec2-world.js';

const other: AccessKey = { id: 'AKIAOTHERACCOUNT0001', secret: 'secret-of-the-other-account' };
const renewed: AccessKey = { id: 'AKIARENEWED000000001', secret: 'another-secret-of-the-first-account' };

describe('amazonec2: credentials', () => {
  let cloud: Ec2StandIn;
  let dir: string;
  let saved: NodeJS.ProcessEnv;
  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset({
      accounts: [
        { id: firstAccount, keys: [firstKey, renewed] },
        { id: '444455556666', keys: [other] },
      ],
    });
    dir = mkdtempSync(join(tmpdir(), 'tsmachine-aws-'));
    saved = process.env;
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...env } = cloud.env(dir);
    process.env = { ...saved, ...env };
  });
  afterEach(() => {
    process.env = saved;
    rmSync(dir, { recursive: true, force: true });
  });

  const place: Place = { region: 'eu-central-1', endpoint: '', insecureTransport: false, retries: 0, profile: '' };
  const fresh = (profile = ''): Place => ({ ...place, endpoint: cloud.url, profile });
  const profiles = (text: string) => {
    writeFileSync(join(dir, 'config'), text);
  };
  const askAs = (where: Place, ctx: Partial<Caller> = {}) => openAws(where, { ...caller(), ...ctx }).call('DescribeRegions', {});
  const keyOf = async () => (await cloud.calls()).filter(({ service }) => service === 'ec2').at(-1)?.key;
  async function refusal(call: Promise<unknown>): Promise<string> {
    const error: unknown = await call.catch((thrown: unknown) => thrown);
    if (!TsmachineError.is(error)) throw new Error('it was not refused');
    return `${error.message} | ${plain(error.hint ?? '')}`;
  }

  it('come from a program that a profile names', async () => {
    const answer = JSON.stringify({ Version: 1, AccessKeyId: other.id, SecretAccessKey: other.secret });
    profiles(`[profile program]\ncredential_process = printf %s '${answer}'\n`);
    await askAs(fresh('program'));
    expect(await keyOf()).to.equal(other.id);
  });

  it('come from a role that a profile assumes, with a code that is asked for once', async () => {
    const source = `[profile source]\naws_access_key_id = ${firstKey.id}\naws_secret_access_key = ${firstKey.secret}\n`;
    const role = `role_arn = arn:aws:iam::444455556666:role/admin\nsource_profile = source\nmfa_serial = arn:aws:iam::${firstAccount}:mfa/me\n`;
    profiles(`${source}[profile role]\nregion = us-east-1\n${role}`);
    const questions: string[] = [];
    const ask = (question: string) => {
      questions.push(question);
      return Promise.resolve('123456');
    };
    await Promise.all([1, 2, 3].map(() => askAs(fresh('role'), { ask })));
    expect((await cloud.calls()).at(-1)?.account).to.equal('444455556666');
    expect(questions).to.deep.equal([`Code of the MFA device arn:aws:iam::${firstAccount}:mfa/me: `]);
  });

  it('that need a code are told where nobody can be asked', async () => {
    const source = `[profile source]\naws_access_key_id = ${firstKey.id}\naws_secret_access_key = ${firstKey.secret}\n`;
    const role = `role_arn = arn:aws:iam::444455556666:role/a\nsource_profile = source\nmfa_serial = arn:aws:iam::${firstAccount}:mfa/me\n`;
    profiles(`${source}[profile silent]\nregion = us-east-1\n${role}`);
    expect(await refusal(askAs(fresh('silent')))).to.match(/multi-factor authentication, .* \| .*on a terminal/);
  });

  it('are missing: Docker Machine said so, and the next commands', async () => {
    expect(await refusal(askAs({ ...fresh(), region: 'eu-west-1' }))).to.match(
      /^amazonec2 driver requires AWS credentials configured with the --amazonec2-access-key and .*\| Set AWS_ACCESS_KEY_ID.*aws configure/,
    );
  });

  it('of a profile that is not there name the flag', async () => {
    profiles('[profile one]\n');
    expect(await refusal(askAs(fresh('nonesuch')))).to.match(/nonesuch.* \| .*--amazonec2-profile/);
  });

  it('that are wrong or expired are told, with what to do', async () => {
    const keys = { accessKey: firstKey.id, secretKey: 'wrong', sessionToken: '' };
    expect(await refusal(askAs({ ...fresh(), keys }))).to.match(/AuthFailure.* \| .*--amazonec2-profile/);
    await cloud.changeKey(firstKey.id, { expired: true });
    const expired = { accessKey: firstKey.id, secretKey: firstKey.secret, sessionToken: '' };
    expect(await refusal(askAs({ ...fresh(), keys: expired }))).to.match(/RequestExpired.* \| The credentials have expired/);
  });

  it('that expire while a program runs are taken anew from the chain', async () => {
    const file = join(dir, 'answer');
    const write = ({ id, secret }: AccessKey) => {
      writeFileSync(file, JSON.stringify({ Version: 1, AccessKeyId: id, SecretAccessKey: secret }));
    };
    write(firstKey);
    profiles(`[profile expiring]\ncredential_process = cat ${file}\n`);
    await askAs(fresh('expiring'));
    await cloud.changeKey(firstKey.id, { expired: true });
    write(renewed);
    await askAs(fresh('expiring'));
    expect(await keyOf()).to.equal(renewed.id);
  });

  describe("in Docker Machine's config.json", () => {
    async function made() {
      const ec2 = open(cloud);
      const { Images: [image] = [] } = await ec2.call('DescribeImages', { Owners: ['amazon'] });
      const { Instances: [instance] = [] } = await ec2.call('RunInstances', {
        MinCount: 1,
        MaxCount: 1,
        ImageId: image?.ImageId,
        InstanceType: image?.Architecture === 'arm64' ? 't4g.micro' : 't3.micro',
      });
      const stored = { AccessKey: firstKey.id, SecretKey: firstKey.secret, SessionToken: '' };
      return { ...dataOf(cloud), ...stored, InstanceId: instance?.InstanceId ?? '' };
    }
    const flags = ({ id, secret }: AccessKey) => ({ 'amazonec2-access-key': id, 'amazonec2-secret-key': secret });
    const environment = ({ id, secret }: AccessKey) => ({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });
    async function afterwards(data: Awaited<ReturnType<typeof made>>, key: AccessKey | undefined) {
      const memory = new MemoryMachine(data);
      const said: string[] = [];
      const io = { ...caller().io, info: (text: unknown) => said.push(String(text)) };
      const ctx = memory.context({ machineName: 'm1', machineDir: dir, cacheDir: dir, io });
      const where = key ? placeOf(data, flags(key), environment(key)) : placeOf(data, {}, {});
      await dropStoredKeys(where, ctx, openAws);
      return { data: memory.data, said };
    }

    it('are used, and stay while there are no others', async () => {
      const data = await made();
      await openAws(placeOf(data, {}, {}), caller()).call('DescribeInstances', {});
      expect(await keyOf()).to.equal(firstKey.id);
      expect((await afterwards(data, undefined)).data).to.include({ AccessKey: firstKey.id, SecretKey: firstKey.secret });
    });

    it('stay when the usual credentials are of another account', async () => {
      expect((await afterwards(await made(), other)).data).to.include({ SecretKey: firstKey.secret });
    });

    it('go, with a line, when the usual credentials reach the instance', async () => {
      const { data, said } = await afterwards(await made(), renewed);
      expect(data).to.include({ AccessKey: '', SecretKey: '', SessionToken: '' });
      expect(said).to.have.length(1);
      expect(said[0]).to.match(/Took the keys of AWS out of the config\.json of m1/);
    });

    it('that Amazon no longer takes give way to the usual ones of the same account alone', async () => {
      const data = await made();
      await cloud.changeKey(firstKey.id, { expired: true });
      await openAws(placeOf(data, flags(renewed), environment(renewed)), caller()).call('DescribeInstances', {});
      expect(await keyOf()).to.equal(renewed.id);
      const foreign = openAws(placeOf(data, flags(other), environment(other)), caller()).call('DescribeInstances', {});
      expect(await refusal(foreign)).to.match(/RequestExpired/);
    });
  });
});
