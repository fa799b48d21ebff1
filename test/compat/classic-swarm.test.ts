import { expect } from 'chai';

import { standInEngine, type StandInEngine } from './engine.js';
import { openShop, type Shop } from './shop.js';

describe('compatibility: classic swarm', () => {
  let shop: Shop;
  let engine: StandInEngine;
  let manager: StandInEngine;
  let url: string;
  let swarmUrl: string;

  before(async () => {
    [shop, engine, manager] = await Promise.all([openShop(), standInEngine('24.0.7'), standInEngine('swarm/1.2.9')]);
    url = `tcp://127.0.0.1:${engine.port}`;
    swarmUrl = `tcp://127.0.0.1:${manager.port}`;
    const swarm = ['--swarm-discovery', 'token://abc', '--swarm-host', `tcp://0.0.0.0:${manager.port}`];
    for (const [name, ...role] of [['boss', '--swarm', '--swarm-master'], ['hand', '--swarm'], ['other']] as const) {
      const words = ['create', '-d', 'none', '--url', url, ...role, ...(role.length > 0 ? swarm : []), name];
      expect(await shop.run(words)).to.include({ code: 0, stderr: '' });
    }
    await engine.serve(shop.store);
    await manager.serve(shop.store);
  });
  after(() => Promise.all([shop.close(), engine.close(), manager.close()]));

  it("create: the options that config.json gets, the driver's own staying empty", async () => {
    type Written = { HostOptions: { SwarmOptions: object }; Driver: object };
    const config = JSON.parse((await shop.run(['inspect', 'boss'])).stdout) as Written;
    expect(config.HostOptions.SwarmOptions).to.deep.equal({
      IsSwarm: true,
      Address: '',
      Discovery: 'token://abc',
      Agent: true,
      Master: true,
      Host: `tcp://0.0.0.0:${manager.port}`,
      Image: 'swarm:latest',
      Strategy: 'spread',
      Heartbeat: 0,
      Overcommit: 0,
      ArbitraryFlags: [],
      ArbitraryJoinFlags: [],
      Env: null,
      IsExperimental: false,
    });
    expect(config.Driver).to.include({ SwarmMaster: false, SwarmHost: '', SwarmDiscovery: '' });
  });

  it('ls: the SWARM column, and the filter by it', async () => {
    const { stdout } = await shop.run(['ls']);
    expect(stdout).to.match(new RegExp(`^boss .* ${url}   boss \\(master\\)   v24.0.7`, 'm'));
    expect(stdout).to.match(new RegExp(`^hand .* ${url}   boss            +v24.0.7`, 'm'));
    expect(stdout).to.match(new RegExp(`^other .* ${url} {19}v24.0.7`, 'm'));
    expect((await shop.run(['ls', '-q', '--filter', 'swarm=BOSS'])).stdout).to.equal('boss\nhand\n');
  });

  it('ls and active: the swarm is active when DOCKER_HOST has its port', async () => {
    const env = { DOCKER_HOST: swarmUrl };
    expect((await shop.run(['ls'], { env })).stdout)
      .to.match(/^boss {4}\* \(swarm\) {3}none/m)
      .and.to.match(/^hand {4}- /m);
    expect(await shop.run(['active'], { env })).to.include({ code: 0, stdout: 'boss\n' });
  });

  it('env --swarm: the URL of the swarm', async () => {
    const { code, stdout, stderr } = await shop.run(['env', '--swarm', 'boss']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.contain(`export DOCKER_HOST="${swarmUrl}"\n`).and.to.contain('# eval $(tsmachine env --swarm boss)\n');
    expect((await shop.run(['env', 'boss'])).stdout).to.contain(`export DOCKER_HOST="${url}"\n`);
  });

  it('config --swarm: the URL of the swarm', async () => {
    expect((await shop.run(['config', '--swarm', 'boss'])).stdout).to.match(new RegExp(`\n-H=${swarmUrl}\n$`));
    expect((await shop.run(['config', 'boss'])).stdout).to.match(new RegExp(`\n-H=${url}\n$`));
  });

  const prefixes = { env: 'Error checking TLS connection: ', config: 'Error running connection boilerplate: ' };
  for (const [command, prefix] of Object.entries(prefixes)) {
    for (const name of ['hand', 'other']) {
      it(`${command} --swarm: ${name} is no master`, async () => {
        expect(await shop.run([command, '--swarm', name])).to.deep.equal({
          code: 1,
          stdout: '',
          stderr: `${prefix}"${name}" is not a swarm master. The --swarm flag is intended for use with swarm masters\n`,
        });
      });
    }
  }

  describe('without its containers', () => {
    before(() => manager.close());

    for (const [command, prefix] of Object.entries(prefixes)) {
      it(`${command} --swarm: the engine answers, the swarm does not`, async () => {
        expect(await shop.run([command, '--swarm', 'boss'])).to.deep.equal({
          code: 1,
          stdout: '',
          stderr:
            `${prefix}Connection to Swarm cannot be checked but the certs are valid. Maybe swarm is not started\n` +
            'Start its containers again, or see why they end: tsmachine provision boss\n',
        });
      });
    }

    it('env --swarm: nothing answers', async () => {
      await engine.close();
      const { code, stderr } = await shop.run(['env', '--swarm', 'boss']);
      expect(code).to.equal(1);
      expect(stderr).to.match(
        new RegExp(
          '^Error checking TLS connection: Error checking and/or regenerating the certs: ' +
            `There was an error validating certificates for host "127.0.0.1:${manager.port}": `,
        ),
      );
    });
  });
});
