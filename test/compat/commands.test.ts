import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { standInEngine, type StandInEngine } from './engine.js';
import { notThere, openShop, type Shop } from './shop.js';

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
      code: 0, stderr: '', stdout: [
        `Creating CA: ${join(shop.store, 'certs', 'ca.pem')}`,
        `Creating client certificate: ${join(shop.store, 'certs', 'cert.pem')}`,
        'Running pre-create checks...',
        'Creating machine...',
        'To see how to connect your Docker Client to the Docker Engine running on this virtual machine, run: tsmachine env one',
        '',
      ].join('\n'),
    });
  });

  it('ls: Docker Machine\'s columns', async () => {
    expect(await shop.run(['ls'])).to.deep.equal({
      code: 0, stderr: '', stdout: [
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

  it('ls: filters', async () => {
    const names = async (...words: string[]) => (await shop.run(['ls', '-q', ...words])).stdout;
    expect(await names()).to.equal('one\n');
    expect(await names('--filter', 'driver=NONE', '--filter', 'driver=x')).to.equal('one\n');
    expect(await names('--filter', 'driver=none', '--filter', 'name=^t')).to.equal('');
    expect(await names('--filter', 'label=zone=A')).to.equal('one\n');
    expect(await names('--filter', 'label=zone')).to.equal('one\n');
    expect(await names('--filter', 'state=stopped')).to.equal('');
    expect(await names('--filter', 'state=running')).to.equal('one\n');
    expect(await shop.run(['ls', '--filter', 'foo'])).to.include({ code: 2 });
    expect((await shop.run(['ls', '--filter', 'foo'])).stderr).to.match(/^Unsupported filter syntax\n/);
    expect((await shop.run(['ls', '--filter', 'Foo=x'])).stderr).to.match(/^Unsupported filter key 'foo'\n/);
  });

  it('ls: JSON', async () => {
    const [row] = JSON.parse((await shop.run(['ls', '--json'])).stdout) as Record<string, unknown>[];
    expect(row).to.include({ name: 'one', driverName: 'none', state: 'Running', url, dockerVersion: 'v24.0.7', error: '' });
    expect(JSON.parse((await shop.run(['ls', '-q', '--json'])).stdout)).to.deep.equal(['one']);
  });

  it('env: verbatim for bash', async () => {
    expect(await shop.run(['env', '--shell', 'bash', 'one'])).to.deep.equal({
      code: 0, stderr: '', stdout: [
        'export DOCKER_TLS_VERIFY="1"',
        `export DOCKER_HOST="${url}"`,
        `export DOCKER_CERT_PATH="${join(shop.store, 'machines', 'one')}"`,
        'export DOCKER_MACHINE_NAME="one"',
        '# Run this command to configure your shell: ',
        '# eval $(tsmachine env --shell bash one)',
        '',
      ].join('\n'),
    });
  });

  it('env: the shell of SHELL, the machine\'s address in NO_PROXY', async () => {
    const { stdout } = await shop.run(['env', 'one', '--no-proxy'], { env: { SHELL: '/usr/bin/fish', no_proxy: 'x' } });
    expect(stdout.split('\n').slice(3)).to.deep.equal([
      'set -gx DOCKER_MACHINE_NAME "one";', 'set -gx no_proxy "x,127.0.0.1";',
      '# Run this command to configure your shell: ', '# eval (tsmachine env one --no-proxy)', '',
    ]);
  });

  it('config: five lines, and the files are there', async () => {
    const { code, stdout, stderr } = await shop.run(['config', 'one']);
    const file = (name: string) => join(shop.store, 'machines', 'one', name);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout.split('\n')).to.deep.equal([
      '--tlsverify', `--tlscacert=${file('ca.pem')}`, `--tlscert=${file('cert.pem')}`, `--tlskey=${file('key.pem')}`, `-H=${url}`, '',
    ]);
    await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFile(file(name))));
  });

  it('inspect: config.json as it is on disk', async () => {
    const { code, stdout } = await shop.run(['inspect', 'one']);
    expect(code).to.equal(0);
    expect(stdout).to.equal(`${await readFile(join(shop.store, 'machines', 'one', 'config.json'), 'utf8')}\n`);
    expect(stdout).to.match(/^\{\n {4}"ConfigVersion": 3,\n {4}"Driver": \{\n {8}"IPAddress"/);
  });

  const single: [string[], string][] = [
    [['status', 'one'], 'Running\n'],
    [['ip', 'one', 'one'], '127.0.0.1\n127.0.0.1\n'],
    [['version', 'one'], '24.0.7\n'],
  ];
  for (const [words, stdout] of single) {
    it(words.join(' '), async () => { expect(await shop.run(words)).to.deep.equal({ code: 0, stdout, stderr: '' }); });
  }
  it('url one, with -s before and behind the command', async () => {
    const env = { MACHINE_STORAGE_PATH: '/nowhere' };
    expect((await shop.run(['-s', shop.store, 'url', 'one'], { env })).stdout).to.equal(`${url}\n`);
    expect((await shop.run(['url', 'one', `--storage-path=${shop.store}`], { env })).stdout).to.equal(`${url}\n`);
  });
  it('status --json', async () => {
    expect(JSON.parse((await shop.run(['status', 'one', '--json'])).stdout)).to.deep.equal({ name: 'one', state: 'Running' });
  });

  it('start and stop: the state it is in already, and what the driver cannot do', async () => {
    expect(await shop.run(['start', 'one'])).to.include({ code: 1, stdout: 'Starting "one"...\n', stderr: 'Machine "one" is already running.\n' });
    const stop = await shop.run(['stop', 'one']);
    expect(stop).to.include({ code: 1, stdout: 'Stopping "one"...\n' });
    expect(stop.stderr).to.match(/^hosts without a driver cannot be stopped\n/);
  });

  it('ssh: a machine without SSH', async () => {
    expect(await shop.run(['ssh', 'one', 'true'])).to.include({ code: 1, stdout: '', stderr: 'one has no SSH: driver none knows only its engine\n' });
  });

  for (const command of ['config', 'env', 'inspect', 'ip', 'kill', 'provision', 'restart', 'ssh', 'start', 'status', 'stop', 'url', 'version']) {
    it(`${command}: an unknown machine`, async () => {
      expect(await shop.run([command, 'nope'])).to.deep.equal({ code: 1, stdout: '', stderr: `${notThere('nope')}\n` });
    });
  }
  for (const command of ['config', 'env', 'inspect', 'ip', 'kill', 'provision', 'restart', 'ssh', 'start', 'status', 'stop', 'url']) {
    it(`${command}: no name and no machine "default"`, async () => {
      const { code, stderr } = await shop.run([command]);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^Error: No machine name\(s\) specified and no "default" machine exists\n/);
    });
  }

  it('several machines: nothing is done when one cannot be loaded', async () => {
    expect(await shop.run(['stop', 'one', 'x', 'y', 'x'])).to.deep.equal({ code: 1, stdout: '', stderr: `${notThere('x')}\n${notThere('y')}\n` });
  });

  it('regenerate-certs: asks before it looks', async () => {
    const question = 'Regenerate TLS machine certs?  Warning: this is irreversible. (y/n): ';
    expect(await shop.run(['regenerate-certs', 'nope'], { input: 'n\n' })).to.deep.equal({ code: 0, stdout: '', stderr: question });
    const nobody = await shop.run(['regenerate-certs', 'nope']);
    expect(nobody.code).to.equal(1);
    expect(nobody.stderr).to.match(/\(y\/n\): \nEOF\n/);
    expect(await shop.run(['regenerate-certs', '-f', 'nope'])).to.include({ code: 1, stderr: `${notThere('nope')}\n` });
  });
});
