import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { machinePaths } from '../../../src/store/paths.js';
import { program, tsmachine } from '../../helpers/cli.js';
import { gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import { Bench } from './bench.js';
import { forgetSecrets } from './driver-world.js';

describe('google on the command line', () => {
  let cloud: GceStandIn;
  let dir: string;
  before(async function () {
    cloud = await gceStandIn(this);
  });
  after(forgetSecrets);
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tsmachine-google-'));
    await cloud.reset();
  });
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
    expect(await cloud.violations()).to.deep.equal([]);
  });

  const store = () => join(dir, 'store');
  const env = () => ({ ...cloud.env(join(dir, 'gcloud')), TSMACHINE_STATE_DIR: join(dir, 'state'), HOME: dir });
  const run = (args: readonly string[], more: Record<string, string> = {}) =>
    tsmachine(args, { store: store(), env: { ...env(), ...more } });

  /** Runs it until it waits for the system of the VM, which the stand-in does not play, and ends it as Ctrl-C does. */
  async function make(name: string): Promise<string> {
    const args = [program, 'create', '-d', 'google', '--google-allowed-cidr', '192.0.2.0/24', name];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, MACHINE_STORAGE_PATH: store(), ...env() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => {
        text += more;
        if (text.includes('Waiting for machine to be running') && !child.killed) child.kill('SIGINT');
      });
    await once(child, 'close');
    if (!child.killed) throw new Error(`It was not made:\n${text}`);
    await rm(machinePaths(store(), name).journal);
    return text;
  }

  it('says once that there are no credentials, whatever answers in place of the metadata service', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const nothing = { GOOGLE_APPLICATION_CREDENTIALS: '', METADATA_SERVER_DETECTION: '', GCE_METADATA_HOST: `127.0.0.1:${port}` };
    const { code, stderr } = await run(['create', '-d', 'google', 'm1'], nothing);
    server.close();
    expect(code).to.equal(3);
    expect(stderr)
      .to.include('Log in with: gcloud auth application-default login')
      .and.not.to.match(/warning/i);
  });

  it('makes, lists, stops, starts and removes a machine', async () => {
    await make('m1');
    expect((await run(['ls', '--format', '{{.Name}} {{.State}} {{.DriverName}}', '-t', '30'])).stdout.trim()).to.equal('m1 Running google');
    expect((await run(['ip', 'm1'])).stdout.trim()).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    const stopped = await run(['stop', 'm1']);
    expect(stopped.code, stopped.stderr).to.equal(0);
    expect((await run(['status', 'm1'])).stdout.trim()).to.equal('Stopped');
    const removed = await run(['rm', '-y', 'm1']);
    expect(removed.code, removed.stderr).to.equal(0);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it("uses a machine of Docker Machine's by its config.json", async () => {
    const bench = await Bench.open(cloud);
    await (await bench.machine('old', { 'google-zone': ['europe-west1-b'] })).create();
    await bench.close();
    const folder = join(store(), 'machines/old');
    const driver = {
      ...{ IPAddress: '', MachineName: 'old', SSHUser: 'docker-user', SSHPort: 22, SSHKeyPath: join(folder, 'id_rsa'), StorePath: store() },
      ...{ SwarmMaster: false, SwarmHost: '', SwarmDiscovery: '', Zone: 'europe-west1-b', MachineType: 'n1-standard-1' },
      ...{ MachineImage: 'ubuntu-os-cloud/global/images/ubuntu-1604-xenial-v20170721', DiskType: 'pd-standard', DiskSize: 10 },
      ...{ Network: 'default', Project: 'stand-in-project', OpenPorts: null, Tags: '', Scopes: '', Address: '', Subnetwork: '' },
    };
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'id_rsa'), 'a key', { mode: 0o600 });
    const config = { ConfigVersion: 3, Driver: driver, DriverName: 'google', HostOptions: {}, Name: 'old' };
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    expect((await run(['status', 'old'])).stdout.trim()).to.equal('Running');
    const stopped = await run(['stop', 'old']);
    expect(stopped.code, stopped.stderr).to.equal(0);
    expect((await cloud.instances())[0]?.status).to.equal('TERMINATED');
  });

  it('writes and shows no secret, also when all fails and with --debug', async () => {
    const { GOOGLE_APPLICATION_CREDENTIALS: file = '', ...rest } = cloud.env(join(dir, 'gcloud'), { kind: 'service-account' });
    const json = await readFile(file, 'utf8');
    await rm(join(dir, 'gcloud'), { recursive: true });
    await cloud.exhaust([{}]);
    const flags = ['--google-auth-encoded-json', json, '--google-allowed-cidr', '192.0.2.0/24'];
    const nobody = { ...rest, GOOGLE_APPLICATION_CREDENTIALS: '' };
    const made = await run(['--debug', 'create', '-d', 'google', ...flags, 'm1'], nobody);
    expect(made.stderr + made.stdout).to.match(/ZONE_RESOURCE_POOL_EXHAUSTED/);
    const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), 'utf8')));
    const named = Object.fromEntries(texts.map((text, i) => [files[i]?.name ?? '', text]));
    const { private_key: key } = JSON.parse(json) as { private_key: string };
    for (const form of [
      key.slice(30, 80),
      JSON.stringify(key).slice(31, 80),
      Buffer.from(json).toString('base64').slice(0, 40),
      'ya29.stand-in',
    ])
      expect(
        Object.entries({ stdout: made.stdout, stderr: made.stderr, ...named }).flatMap(([where, text]) =>
          text.includes(form) ? [where] : [],
        ),
        form,
      ).to.deep.equal([]);
  });

  it('finds with gc what a store that is gone left, and removes that alone', async () => {
    const bench = await Bench.open(cloud);
    await (await bench.machine('theirs', {}, { store: 'another-computer', machine: 'theirs' })).create();
    await bench.close();
    const foreign = await cloud.inventory();
    await make('m1');
    await rm(store(), { recursive: true });
    const listed = await run(['gc', '-d', 'google', '--dry-run']);
    expect(listed.code, listed.stderr).to.equal(0);
    const removed = await run(['gc', '-d', 'google', '-y']);
    expect(removed.code, removed.stderr + removed.stdout).to.equal(0);
    expect(await cloud.inventory()).to.deep.equal(foreign);
  });

  it('loads the SDK with its own machines alone', async () => {
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
      return (await readFile(told, 'utf8')).split('\n').filter((url) => url.endsWith('/google/sdk.js'));
    };
    for (const args of [['ls'], ['create', '-d', 'google', '--help']]) expect(await loadedBy(args), args.join(' ')).to.deep.equal([]);
    await make('m1');
    expect(await loadedBy(['status', 'm1'])).to.have.length(1);
  });
});
