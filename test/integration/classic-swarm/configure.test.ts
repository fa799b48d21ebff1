import { mkdir, writeFile } from 'node:fs/promises';

import { expect } from 'chai';

import '../../helpers/state-dir.js';
import { openMachine, type Machine } from '../../../src/machine/machine.js';
import { openSession, type Session } from '../../../src/session.js';
import { configureSwarm } from '../../../src/swarm/classic/start.js';
import { classicSwarmFollower } from '../../../src/swarm/followers.js';
import { newHostConfig, type SwarmOptions } from '../../../src/store/config/schema.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { scratch } from '../../helpers/scratch.js';
import { makeAuthority, type Authority } from '../docker/certificates.js';
import { startStandIn, type StandIn } from './stand-in.js';

const remote = { ca: '/etc/docker/ca.pem', cert: '/etc/docker/server.pem', key: '/etc/docker/server-key.pem' };
const wish: Partial<SwarmOptions> = {
  IsSwarm: true,
  Agent: true,
  Master: true,
  Discovery: 'consul://10.0.0.1:8500',
  Host: 'tcp://0.0.0.0:4000',
};

describe('classic swarm, ordered from an engine', function () {
  this.timeout(20_000);
  let authority: Authority;
  let server: { cert: string; key: string };
  let engine: StandIn;
  let io: RecordingIo;
  let session: Session;

  before(async () => {
    authority = await makeAuthority();
    server = await authority.server(['127.0.0.1']);
  });
  after(() => authority.remove());
  beforeEach(async () => {
    engine = await startStandIn({ ...server, ca: authority.client.ca });
    io = new RecordingIo();
    session = openSession({ storePath: scratch(), io, signal: new AbortController().signal });
    const { paths } = session.store;
    await mkdir(paths.certsDir, { recursive: true });
    const { ca, cert, key } = authority.client;
    await Promise.all([writeFile(paths.ca, ca), writeFile(paths.cert, cert), writeFile(paths.key, key)]);
  });
  afterEach(() => engine.close());

  async function machine(swarm: Partial<SwarmOptions> = wish, env: readonly string[] = []): Promise<Machine> {
    const { store } = session;
    const url = `tcp://127.0.0.1:${engine.port}`;
    if (!(await store.exists('m1'))) await store.reserve('m1');
    const driver = { IPAddress: '127.0.0.1', MachineName: 'm1', StorePath: store.root, URL: url };
    await store.save({
      name: 'm1',
      config: newHostConfig({
        name: 'm1',
        root: store.root,
        driverName: 'none',
        driver,
        engine: { Env: env },
        swarm,
        serverCertSans: [],
      }),
    });
    await writeFile(store.machine('m1').serverCert, server.cert);
    return openMachine(session, 'm1');
  }
  const configure = async (swarm?: Partial<SwarmOptions>, env?: readonly string[]) =>
    configureSwarm(session, await machine(swarm, env), remote, 0);
  const calls = () => engine.requests.map((line) => line.replace(/\/v[\d.]+/, '').replace(/\?.*/, ''));
  const present = () => [...engine.containers.values()].map(({ Id, Name, running }) => `${Id} ${Name} ${running ? 'runs' : 'is stopped'}`);
  const has = (name = 'swarm:latest') => engine.images.set(name, `sha256:${name}`);

  it('does nothing on a machine that was created without it', async () => {
    const result = { provisioner: 'debian', engineVersion: '26.1.5', restarted: false, changed: [] };
    await machine({});
    await classicSwarmFollower.provisioned?.(session, 'm1', { ...result, certificates: remote });
    expect(engine.requests).to.deep.equal([]);
    expect(io.infos).to.deep.equal([]);
  });

  it('pulls a missing image, creates and starts both containers, and says that classic swarm is deprecated', async () => {
    engine.registry.set('swarm:latest', 'sha256:pulled');
    await configure();
    expect(present()).to.deep.equal(['c1 swarm-agent-master runs', 'c2 swarm-agent runs']);
    expect(calls().filter((call) => call.includes('images'))).to.deep.equal([
      'GET /images/swarm%3Alatest/json',
      'POST /images/create',
      'GET /images/swarm%3Alatest/json',
      'GET /images/swarm%3Alatest/json',
    ]);
    expect(engine.requests.filter((line) => !line.endsWith('/version') && !line.includes('/v1.51/'))).to.deep.equal([]);
    expect(io.infos).to.deep.equal(['Configuring swarm...']);
    expect(io.warnings).to.have.length(1);
    expect(io.warnings[0]).to.match(/^Classic Swarm is no longer developed: swarm mode has replaced it/);
  });

  it("gives them the machine's address, the ports and the environment of the engine", async () => {
    has();
    await configure(wish, ['HTTP_PROXY=http://p:1']);
    const [master, agent] = [...engine.containers.values()].map(({ body }) => body);
    expect(master?.['Cmd']).to.include.members(['--advertise', '127.0.0.1:4000', 'consul://10.0.0.1:8500']);
    expect(agent?.['Cmd']).to.deep.equal(['join', '--advertise', `127.0.0.1:${engine.port}`, 'consul://10.0.0.1:8500']);
    expect([master?.Env, agent?.Env]).to.deep.equal([['HTTP_PROXY=http://p:1'], ['HTTP_PROXY=http://p:1']]);
  });

  it('uses the image that is there, whatever the registry has', async () => {
    has('registry:5000/lab/swarm:1');
    await configure({ ...wish, Image: 'registry:5000/lab/swarm:1', Agent: false });
    expect(present()).to.deep.equal(['c1 swarm-agent-master runs']);
    expect(calls()).not.to.include('POST /images/create');
  });

  it('keeps what is right when it is repeated', async () => {
    has();
    await configure();
    await configure();
    expect(present()).to.deep.equal(['c1 swarm-agent-master runs', 'c2 swarm-agent runs']);
    expect(calls().filter((call) => call.endsWith('/start') || call.startsWith('DELETE'))).to.have.length(2);
  });

  it('starts a right one that is stopped, as an interruption leaves it', async () => {
    has();
    engine.taken.add('4000/tcp');
    expect((await failureOf(configure())).message).to.match(/^Error while starting container: .*4000\/tcp is already allocated/);
    expect(present()).to.deep.equal(['c1 swarm-agent-master is stopped']);
    engine.taken.clear();
    await configure();
    expect(present()).to.deep.equal(['c1 swarm-agent-master runs', 'c2 swarm-agent runs']);
  });

  it('replaces the one that differs, and only that one', async () => {
    has();
    await configure();
    await configure({ ...wish, Strategy: 'binpack' });
    expect(present()).to.deep.equal(['c2 swarm-agent runs', 'c3 swarm-agent-master runs']);
    expect(io.infos).to.include('Replacing container swarm-agent-master: it has other settings');
  });

  it('replaces both for a new image of the same name', async () => {
    has();
    await configure();
    for (const container of engine.containers.values()) Object.assign(container.body, { Image: 'old' });
    engine.images.set('old', 'sha256:old');
    await configure();
    expect(present()).to.deep.equal(['c3 swarm-agent-master runs', 'c4 swarm-agent runs']);
  });

  it('replaces the master for a new server certificate, which it would not read otherwise', async () => {
    has();
    await configure();
    const before = server;
    try {
      server = await authority.server(['127.0.0.1']);
      await configure();
    } finally {
      server = before;
    }
    expect(present()).to.deep.equal(['c2 swarm-agent runs', 'c3 swarm-agent-master runs']);
  });

  it('reports an image that cannot be pulled', async () => {
    const error = await failureOf(configure({ ...wish, Image: 'lab/swarm:1' }));
    expect(error.code).to.equal('ENGINE_API');
    expect(error.message).to.match(/^Unable to pull image: .*"m1".*manifest for lab\/swarm:1 not found/);
    expect(hintOf(error)).to.equal(
      'If no registry has it, load lab/swarm:1 into the engine ("docker load -i FILE" after eval $(tsmachine env m1)), ' +
        'or name another image: --swarm-image',
    );
    expect(present()).to.deep.equal([]);
  });

  it('looks again at what it started, and shows the last lines of a container that ends again and again', async () => {
    has();
    engine.ending.set('swarm-agent', 'Usage: swarm join [OPTIONS] <discovery>\ndiscovery required');
    const watched = async () => configureSwarm(session, await machine(wish), remote, 10_000);
    const error = await failureOf(watched());
    expect(error.code).to.equal('SWARM_STATE');
    expect(error.message).to.equal(
      'The container swarm-agent of m1 does not keep running (exit status 1). Its last lines:\n' +
        '  Usage: swarm join [OPTIONS] <discovery>\n  discovery required',
    );
    expect(hintOf(error)).to.contain('--swarm-discovery').and.contain('tsmachine ssh m1 sudo docker logs swarm-agent');
    const again = await failureOf(watched());
    expect(again.message).to.equal(error.message);
    engine.ending.clear();
    await configure();
  });

  it('warns of a swarm whose members cannot find each other', async () => {
    has();
    await configure({ ...wish, Discovery: '' });
    expect(io.warnings[1]).to.match(/^Without --swarm-discovery/);
    await configure({ ...wish, Discovery: '' }, ['SWARM_DISCOVERY=consul://x']);
    expect(io.warnings).to.have.length(3);
  });
});
