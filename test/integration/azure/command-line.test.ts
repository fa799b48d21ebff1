import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { tsmachine } from '../../helpers/cli.js';
import { armStandIn, firstPrincipal, firstSubscription, firstTenant, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Bench } from './bench.js';

const typed = { client: 'bbbbbbbb-1111-4222-8333-444444444444', secret: 'typed~secret.of-the-second-application' };

describe('azure on the command line', () => {
  let cloud: ArmStandIn;
  let dir: string;
  before(async function () {
    cloud = await armStandIn(this);
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tsmachine-azure-'));
    await cloud.reset({ pending: 0, principals: [firstPrincipal, typed] });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const store = () => join(dir, 'store');
  function run(args: readonly string[], env: Record<string, string>) {
    return tsmachine(args, { store: store(), env: { ...env, TSMACHINE_STATE_DIR: join(dir, 'state'), HOME: dir } });
  }

  /** A machine that Docker Machine made: everything is named after it. */
  async function dockerMachines(secret: string): Promise<void> {
    const bench = await Bench.open(cloud);
    const made = await bench.machine('old', { 'azure-resource-group': 'docker-machine' });
    await made.create();
    await cloud.untagAll();
    const folder = join(store(), 'machines/old');
    await mkdir(folder, { recursive: true });
    const { Own: _, ...fields } = made.memory.data;
    const driver = {
      ...fields,
      ClientID: firstPrincipal.client,
      ClientSecret: secret,
      StorePath: store(),
      SSHKeyPath: join(folder, 'id_rsa'),
    };
    const config = { ConfigVersion: 3, Driver: driver, DriverName: 'azure', Name: 'old', HostOptions: {} };
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    await bench.close();
  }

  async function everyFile(folder: string): Promise<string> {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const texts = names.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'utf8'));
    return (await Promise.all(texts)).join('\n');
  }

  it('writes and shows no secret that was typed, also when all fails and with --debug', async () => {
    await cloud.exhaust([{}]);
    const flags = ['--azure-subscription-id', firstSubscription, '--azure-tenant-id', firstTenant, '--azure-client-id', typed.client];
    const place = ['--azure-location', 'westeurope', '--azure-allowed-cidr', '192.0.2.0/24', '--azure-size', 'Standard_D2s_v5'];
    const secret = ['--azure-client-secret', typed.secret];
    const failed = await run(['-D', 'create', '-d', 'azure', ...flags, ...secret, ...place, 'm1'], cloud.endpoints(dir));
    expect(failed.code, failed.stderr).to.equal(1);
    expect(failed.stderr).to.include('Azure in westeurope has no room for the machine');
    await cloud.exhaust([]);
    await cloud.changePrincipal(typed.client, { secret: 'another' });
    const refused = await run(['-D', 'create', '-d', 'azure', ...flags, ...secret, ...place, 'm2'], cloud.endpoints(dir));
    expect(refused.code).not.to.equal(0);
    expect(refused.stderr).to.match(/AADSTS7000215/);
    for (const text of [failed.stdout, failed.stderr, refused.stdout, refused.stderr, await everyFile(dir)])
      expect(text).not.to.include(typed.secret);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  it("looks at, stops and removes with a managed identity, and with the secret of Docker Machine's file", async () => {
    await dockerMachines('');
    const managed = await run(['status', 'old'], cloud.managedEnv(dir));
    expect(managed.stdout.trim(), managed.stderr).to.equal('Running');
    const workload = await run(['status', 'old'], await cloud.workloadEnv(dir));
    expect(workload.stdout.trim(), workload.stderr).to.equal('Running');
    const path = join(store(), 'machines/old/config.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"ClientSecret":""', `"ClientSecret":"${firstPrincipal.secret ?? ''}"`));
    const stopped = await run(['stop', 'old'], cloud.endpoints(dir));
    expect(stopped.code, stopped.stderr).to.equal(0);
    expect((await cloud.machines())[0]?.power).to.equal('deallocated');
    const removed = await run(['rm', '-y', 'old'], cloud.env(dir));
    expect(removed.code, removed.stderr).to.equal(0);
    expect(await cloud.machines()).to.deep.equal([]);
  });

  it('says what is missing without credentials, and without a subscription', async () => {
    const without = await run(['create', '-d', 'azure', 'm1'], cloud.endpoints(dir));
    expect(without.code).to.equal(2);
    expect(without.stderr).to.include('azure driver requires the "azure-subscription-id" option.');
    const flags = ['--azure-subscription-id', firstSubscription, '--azure-location', 'westeurope', '--azure-allowed-cidr', '192.0.2.0/24'];
    const nobody = await run(['create', '-d', 'azure', ...flags, 'm1'], { ...cloud.endpoints(dir), PATH: dir, IDENTITY_ENDPOINT: '' });
    expect(nobody.code).not.to.equal(0);
    expect(nobody.stderr).to.include('az login');
  });
});
