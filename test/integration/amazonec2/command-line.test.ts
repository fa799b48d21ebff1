import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { tsmachine } from '../../helpers/cli.js';
import { ec2StandIn, firstAccount, firstKey, type AccessKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { fillStoreWithInstances } from '../../stand-ins/ec2/machines.js';
import { open } from './ec2-world.js';

const fixture = new URL('../../fixtures/docker-machine-amazonec2/config.json', import.meta.url);
const renewed: AccessKey = { id: 'AKIARENEWED000000001', secret: 'another-secret-of-the-first-account' };
const typed: AccessKey = { id: 'ASIATYPED00000000001', secret: 'typed-secret/of+the=first', token: 'typed-session-token//of==the-first' };

describe('amazonec2 on the command line', () => {
  let cloud: Ec2StandIn;
  let dir: string;
  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tsmachine-ec2-'));
    await cloud.reset({ accounts: [{ id: firstAccount, keys: [firstKey, renewed, typed] }], pending: 0, stopping: 0, shuttingDown: 0 });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  /** Nothing of AWS is set but what a test sets. */
  function run(args: readonly string[], env: Record<string, string> = {}) {
    const { AWS_ENDPOINT_URL: url = '', AWS_CONFIG_FILE: config = '', AWS_SHARED_CREDENTIALS_FILE: file = '' } = cloud.env(dir);
    const nobody = {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_SESSION_TOKEN: '',
      AWS_PROFILE: '',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const place = { AWS_ENDPOINT_URL: url, AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: file };
    return tsmachine(args, {
      store: join(dir, 'store'),
      env: { ...nobody, ...place, TSMACHINE_STATE_DIR: join(dir, 'state'), HOME: dir, ...env },
    });
  }
  const configOf = async (name: string) =>
    JSON.parse(await readFile(join(dir, 'store/machines', name, 'config.json'), 'utf8')) as { Driver: Record<string, unknown> };

  async function dockerMachines(): Promise<void> {
    const ec2 = open(cloud);
    const { Images: images = [] } = await ec2.call('DescribeImages', { Owners: ['099720109477'] });
    const image = images.find(({ Architecture: architecture }) => architecture === 'x86_64');
    const { Instances: [instance] = [] } = await ec2.call('RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ImageId: image?.ImageId,
      InstanceType: 't2.micro',
    });
    const store = join(dir, 'store');
    const text = (await readFile(fixture, 'utf8'))
      .replaceAll('STORE', store)
      .replace('INSTANCE', instance?.InstanceId ?? '')
      .replace('ENDPOINT', cloud.url);
    await mkdir(join(store, 'machines/aws1'), { recursive: true });
    await writeFile(join(store, 'machines/aws1/config.json'), text);
    await writeFile(join(store, 'machines/aws1/id_rsa'), 'a key', { mode: 0o600 });
  }

  it("uses a machine of Docker Machine's, with the keys of its config.json until there are others", async () => {
    await dockerMachines();
    expect((await run(['status', 'aws1'])).stdout.trim()).to.equal('Running');
    expect((await run(['ls', '--format', '{{.Name}} {{.State}} {{.DriverName}}', '-t', '1'])).stdout.trim()).to.equal(
      'aws1 Running amazonec2',
    );
    expect((await run(['ip', 'aws1'])).stdout.trim()).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    const stopped = await run(['stop', 'aws1']);
    expect(stopped.code, stopped.stderr).to.equal(0);
    expect((await run(['status', 'aws1'])).stdout.trim()).to.equal('Stopped');
    expect((await configOf('aws1')).Driver).to.include({ AccessKey: firstKey.id, SecretKey: firstKey.secret });

    const [{ shown: { InstanceId: id } } = { shown: { InstanceId: '' } }] = await cloud.instances();
    await open(cloud).call('StartInstances', { InstanceIds: [id] });
    const env = { AWS_ACCESS_KEY_ID: renewed.id, AWS_SECRET_ACCESS_KEY: renewed.secret };
    const again = await run(['kill', 'aws1'], env);
    expect(again.code, again.stderr).to.equal(0);
    expect(again.stdout + again.stderr).to.match(/Took the keys of AWS out of the config\.json of aws1/);
    expect((await configOf('aws1')).Driver).to.include({ AccessKey: '', SecretKey: '', InstanceType: 't2.micro', KeyName: 'aws1' });

    const keys = ['--amazonec2-access-key', renewed.id, `--amazonec2-secret-key=${renewed.secret}`];
    const removed = await run(['rm', '-y', ...keys, 'aws1']);
    expect(removed.code, removed.stderr).to.equal(0);
    expect((await cloud.instances())[0]?.shown.State.Name).to.match(/^(shutting-down|terminated)$/);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it('takes keys on every command, before or after its name, and says what is missing without', async () => {
    await dockerMachines();
    const path = join(dir, 'store/machines/aws1/config.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace(firstKey.id, '').replace(firstKey.secret, ''));
    const without = await run(['status', 'aws1']);
    expect(without.code).to.equal(1);
    expect(without.stderr).to.match(/amazonec2 driver requires AWS credentials configured with the --amazonec2-access-key/);
    const keys = ['--amazonec2-access-key', renewed.id, '--amazonec2-secret-key', renewed.secret];
    expect((await run(['status', ...keys, 'aws1'])).stdout.trim()).to.equal('Running');
    expect((await run([...keys, 'status', 'aws1'])).stdout.trim()).to.equal('Running');
  });

  it('writes and shows no key that was typed, also when all fails and with --debug', async () => {
    await cloud.exhaust([{}]);
    const keys = [
      '--amazonec2-access-key',
      typed.id,
      '--amazonec2-secret-key',
      typed.secret,
      '--amazonec2-session-token',
      typed.token ?? '',
    ];
    const flags = ['--amazonec2-endpoint', cloud.url, '--amazonec2-allowed-cidr', '192.0.2.0/24'];
    const made = await run(['--debug', 'create', '-d', 'amazonec2', ...keys, ...flags, 'm1']);
    expect(made.stderr + made.stdout).to.match(/InsufficientInstanceCapacity/);
    await cloud.changeKey(typed.id, { expired: true });
    const removed = await run(['--debug', 'rm', '-y', ...keys, 'm1']);
    expect(removed.stderr + removed.stdout).to.match(/RequestExpired|m1/);
    const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
    const everything = [made, removed].map(({ stdout, stderr }) => stdout + stderr).concat(texts);
    for (const secret of [typed.id, typed.secret, typed.token ?? '']) {
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, 16)]) {
        expect(
          everything.some((text) => text.includes(form)),
          form,
        ).to.equal(false);
      }
    }
    expect(texts.length).to.be.greaterThan(1);
  });

  it('asks once for each region to list fifty machines', async () => {
    await fillStoreWithInstances(cloud, { root: join(dir, 'store'), regions: ['eu-central-1', 'us-east-1'], each: 25 });
    const before = (await cloud.calls()).length;
    const env = { AWS_ACCESS_KEY_ID: firstKey.id, AWS_SECRET_ACCESS_KEY: firstKey.secret };
    const listed = await run(['ls', '--format', '{{.State}}'], env);
    expect(listed.stdout.trim().split('\n'), listed.stderr).to.deep.equal(Array.from({ length: 50 }, () => 'Running'));
    const calls = (await cloud.calls(before)).map(({ action, region }) => `${action} ${region}`);
    expect(calls.sort()).to.deep.equal(['DescribeInstances eu-central-1', 'DescribeInstances us-east-1']);
  });

  it('is loaded by no command on other drivers', async () => {
    const create = await run(['create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'n1']);
    expect(create.code, create.stderr).to.equal(0);
    const told = join(dir, 'loaded');
    const hooks = `import { appendFileSync } from 'node:fs';
      export const load = (url, context, next) => { appendFileSync(${JSON.stringify(told)}, url + '\\n'); return next(url, context); };`;
    const trace = join(dir, 'trace.mjs');
    await writeFile(
      trace,
      `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`,
    );
    const loadedBy = async (args: readonly string[]) => {
      await writeFile(told, '');
      await run(args, { NODE_OPTIONS: `--import ${trace}` });
      return (await readFile(told, 'utf8')).split('\n').filter((url) => url.endsWith('/amazonec2/sdk.js'));
    };
    for (const args of [['ls'], ['status', 'n1'], ['url', 'n1'], ['create', '-d', 'amazonec2', '--help'], ['rm', '-y', 'n1']]) {
      expect(await loadedBy(args), args.join(' ')).to.deep.equal([]);
    }
    await dockerMachines();
    expect(await loadedBy(['status', 'aws1']), 'by its own driver').to.have.length(1);
  });
});
