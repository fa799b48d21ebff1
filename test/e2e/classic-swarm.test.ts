import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { succeed, tsmachine } from '../helpers/cli.js';
import { openLab, type Lab, type LabHost } from '../helpers/lab.js';
import { importSwarmImage, swarmImage as image, swarmProgram } from '../helpers/swarm-image.js';

interface Inspected {
  readonly Id: string;
  readonly Args: string[];
  readonly State: { readonly Running: boolean };
  readonly Config: { readonly Image: string; readonly Env: string[] };
  readonly HostConfig: {
    readonly Binds: string[] | null;
    readonly PortBindings: object;
    readonly RestartPolicy: { readonly Name: string };
  };
}

describe('a classic swarm of real engines', () => {
  let lab: Lab;
  let boss: LabHost;
  let hand: LabHost;
  let store: string;

  before(async () => {
    lab = await openLab();
    [store, boss, hand] = await Promise.all([lab.store('store'), lab.host('boss'), lab.host('hand')]);
    await load(boss);
  });
  after(async () => {
    await lab.close();
  });

  const load = (host: LabHost) => host.run(importSwarmImage, { input: swarmProgram });
  const inspect = async (host: LabHost, container: string) => {
    const [found] = JSON.parse((await host.run(`docker inspect ${container}`)).stdout) as Inspected[];
    if (!found) throw new Error(`no ${container}`);
    return found;
  };
  const create = (host: LabHost, ...words: string[]) => [
    'create',
    '-d',
    'generic',
    '--generic-ip-address',
    host.ip,
    '--generic-ssh-key',
    host.keyPath,
    '--swarm-image',
    image,
    '--swarm-discovery',
    'consul://192.0.2.1:8500',
    ...words,
    host.name,
  ];
  const asClient = (from: LabHost, to: LabHost) => {
    const at = '/etc/docker';
    const files = `--cacert ${at}/ca.pem --cert ${at}/server.pem --key ${at}/server-key.pem`;
    return from.run(`curl -sS ${files} https://${to.ip}:2376/version`, { ok: [0, 35, 52, 55, 56] });
  };

  it('gets a master, at the port of --swarm-host', async () => {
    const { stdout, stderr } = await succeed(
      create(
        boss,
        '--swarm',
        '--swarm-master',
        '--swarm-host',
        'tcp://0.0.0.0:4000',
        '--swarm-strategy',
        'binpack',
        '--swarm-opt',
        'heartbeat=5s',
        '--engine-env',
        'NO_PROXY=x',
      ),
      { store },
    );
    const said = stdout.replaceAll('(boss) ', '');
    expect(said).to.contain('Checking connection to Docker...\nConfiguring swarm...\nDocker is up and running!\n');
    expect(stderr.match(/Classic Swarm is no longer developed: swarm mode has replaced it/g)).to.have.length(1);

    const master = await inspect(boss, 'swarm-agent-master');
    expect(master.Args).to.deep.equal([
      'manage',
      '--tlsverify',
      '--tlscacert=/etc/docker/ca.pem',
      '--tlscert=/etc/docker/server.pem',
      '--tlskey=/etc/docker/server-key.pem',
      '-H',
      'tcp://0.0.0.0:4000',
      '--strategy',
      'binpack',
      '--advertise',
      `${boss.ip}:4000`,
      '--heartbeat=5s',
      'consul://192.0.2.1:8500',
    ]);
    expect(master.State.Running).to.equal(true);
    expect(master.Config.Image).to.equal(image);
    expect(master.Config.Env).to.include('NO_PROXY=x');
    expect(master.HostConfig.Binds).to.deep.equal(['/etc/docker:/etc/docker']);
    expect(master.HostConfig.PortBindings).to.deep.equal({ '4000/tcp': [{ HostIp: '0.0.0.0', HostPort: '4000' }] });
    expect(master.HostConfig.RestartPolicy.Name).to.equal('always');
    expect((await inspect(boss, 'swarm-agent')).Args).to.deep.equal(['join', '--advertise', `${boss.ip}:2376`, 'consul://192.0.2.1:8500']);
  });

  it('gets an agent: by the same create again, once its image can be had', async () => {
    const failed = await tsmachine(create(hand, '--swarm'), { store });
    expect(failed.code).to.equal(1);
    expect(failed.stderr).to.match(/Error creating machine: Unable to pull image: /);
    expect(failed.stderr).to.contain(`load ${image} into the engine ("docker load -i FILE" after eval $(tsmachine env hand))`);
    const { stdout: env } = await succeed(['env', 'hand'], { store });
    expect((await readFile(join(/DOCKER_CERT_PATH="(.*)"/.exec(env)?.[1] ?? '', 'ca.pem'), 'utf8')).length).to.be.greaterThan(0);
    const other = await tsmachine([...create(hand, '--swarm', '--swarm-strategy', 'binpack')], { store });
    expect(other.stderr).to.match(/Error creating machine: Unable to pull image: /);
    await load(hand);
    await succeed(create(hand, '--swarm'), { store });
    expect(await inspect(hand, 'swarm-agent'))
      .to.have.property('Args')
      .that.includes(`${hand.ip}:2376`);
    expect((await hand.run('docker ps -q')).stdout.trim().split('\n')).to.have.length(1);
    const { stdout } = await succeed(['ls'], { store });
    expect(stdout)
      .to.match(/^boss .* boss \(master\) /m)
      .and.to.match(/^hand .* boss /m);
  });

  it('answers its clients over mutual TLS where env and config --swarm say', async () => {
    expect((await succeed(['env', '--swarm', 'boss'], { store })).stdout).to.contain(`DOCKER_HOST="tcp://${boss.ip}:4000"`);
    expect((await succeed(['config', '--swarm', 'boss'], { store })).stdout).to.contain(`-H=tcp://${boss.ip}:4000`);
    expect((await tsmachine(['env', '--swarm', 'hand'], { store })).stderr).to.match(/"hand" is not a swarm master/);
  });

  it('lets its master, and only its master, be a client of the other engines', async () => {
    expect((await asClient(boss, hand)).stdout).to.match(/"ApiVersion"/);
    expect(await asClient(hand, boss))
      .to.have.property('stderr')
      .match(/alert.*certificate/);
  });

  it('keeps its containers when a provisioning changes nothing', async () => {
    const ids = async () => [(await inspect(boss, 'swarm-agent-master')).Id, (await inspect(boss, 'swarm-agent')).Id];
    const before = await ids();
    await succeed(['provision', 'boss'], { store });
    expect(await ids()).to.deep.equal(before);
  });

  it("has a master with the new certificate after regenerate-certs, a client's as before", async () => {
    const before = await inspect(boss, 'swarm-agent-master');
    await succeed(['regenerate-certs', '-f', 'boss'], { store });
    expect((await inspect(boss, 'swarm-agent-master')).Id).not.to.equal(before.Id);
    await succeed(['env', '--swarm', 'boss'], { store });
    expect((await asClient(boss, hand)).stdout).to.match(/"ApiVersion"/);
  });

  it('says that it is not started, and is started by provision', async () => {
    await boss.run('docker rm -f swarm-agent-master');
    const { code, stderr } = await tsmachine(['env', '--swarm', 'boss'], { store });
    expect(code).to.equal(1);
    expect(stderr).to.match(/Connection to Swarm cannot be checked but the certs are valid\. Maybe swarm is not started\n/);
    await succeed(['provision', 'boss'], { store });
    await succeed(['env', '--swarm', 'boss'], { store });
  });
});
