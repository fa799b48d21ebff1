import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { standInEngine, type StandInEngine } from './engine.js';
import { openShop, type Shop } from './shop.js';

describe('compatibility: commands on a machine whose engine answers', () => {
  let shop: Shop;
  let engine: StandInEngine;
  let url: string;
  let first: Awaited<ReturnType<Shop['run']>>;

  before(async () => {
    [shop, engine] = await Promise.all([openShop(), standInEngine('24.0.7')]);
    url = `tcp://127.0.0.1:${engine.port}`;
    first = await shop.run(['create', '-d', 'none', '--url', url, '--engine-label', 'zone=a', 'one']);
    await engine.serve(shop.store);
  });
  after(() => Promise.all([shop.close(), engine.close()]));

  it('create: the lines of a first create, the driver none stopping before provisioning', () => {
    expect(first).to.deep.equal({
      code: 0,
      stderr: '',
      stdout: [
        `Creating CA: ${join(shop.store, 'certs', 'ca.pem')}`,
        `Creating client certificate: ${join(shop.store, 'certs', 'cert.pem')}`,
        'Running pre-create checks...',
        'Creating machine...',
        'To see how to connect your Docker Client to the Docker Engine running on this virtual machine, run: tsmachine env one',
        '',
      ].join('\n'),
    });
  });

  it("ls: Docker Machine's columns", async () => {
    expect(await shop.run(['ls'])).to.deep.equal({
      code: 0,
      stderr: '',
      stdout: [
        `NAME   ACTIVE   DRIVER   STATE     ${'URL'.padEnd(url.length + 3)}SWARM   DOCKER    ERRORS`,
        `one    -        none     Running   ${url}           v24.0.7   `,
        '',
      ].join('\n'),
    });
  });

  it('ls: ACTIVE follows DOCKER_HOST; active prints the name', async () => {
    const env = { DOCKER_HOST: url };
    expect((await shop.run(['ls'], { env })).stdout).to.match(/^one {4}\* {8}none/m);
    expect(await shop.run(['active'], { env })).to.deep.equal({ code: 0, stdout: 'one\n', stderr: '' });
    expect(await shop.run(['active'])).to.include({ code: 1, stdout: '' });
    expect((await shop.run(['active'])).stderr).to.match(/^No active host found\n/);
  });

  it('ls: JSON', async () => {
    const [row] = JSON.parse((await shop.run(['ls', '--json'])).stdout) as Record<string, unknown>[];
    expect(row).to.include({ name: 'one', driverName: 'none', state: 'Running', url, dockerVersion: 'v24.0.7', error: '' });
    expect(JSON.parse((await shop.run(['ls', '-q', '--json'])).stdout)).to.deep.equal(['one']);
  });

  it('config: five lines, and the files are there', async () => {
    const { code, stdout, stderr } = await shop.run(['config', 'one']);
    const file = (name: string) => join(shop.store, 'machines', 'one', name);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout.split('\n')).to.deep.equal([
      '--tlsverify',
      `--tlscacert=${file('ca.pem')}`,
      `--tlscert=${file('cert.pem')}`,
      `--tlskey=${file('key.pem')}`,
      `-H=${url}`,
      '',
    ]);
    await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFile(file(name))));
  });

  it('inspect: config.json as it is on disk', async () => {
    const { code, stdout } = await shop.run(['inspect', 'one']);
    expect(code).to.equal(0);
    expect(stdout).to.equal(`${await readFile(join(shop.store, 'machines', 'one', 'config.json'), 'utf8')}\n`);
    expect(stdout).to.match(/^\{\n {4}"ConfigVersion": 3,\n {4}"Driver": \{\n {8}"IPAddress"/);
  });

  it('config --json', async () => {
    const dir = join(shop.store, 'machines', 'one');
    const { url, ...rest } = JSON.parse((await shop.run(['config', 'one', '--json'])).stdout) as Record<string, unknown>;
    expect(url).to.match(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    expect(rest).to.deep.equal({
      name: 'one',
      tlsverify: true,
      caPath: join(dir, 'ca.pem'),
      certPath: join(dir, 'cert.pem'),
      keyPath: join(dir, 'key.pem'),
    });
  });
  it('status --json', async () => {
    expect(JSON.parse((await shop.run(['status', 'one', '--json'])).stdout)).to.deep.equal({ name: 'one', state: 'Running' });
  });
});
