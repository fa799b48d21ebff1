import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { standInEngine, type StandInEngine } from './engine.js';
import { notThere, openShop, type Shop } from './shop.js';

describe('upkeep: doctor, export, import, adopt and context from the command line', function () {
  this.timeout(20_000);
  let here: Shop;
  let there: Shop;
  let engine: StandInEngine;
  let url: string;

  before(async () => {
    [here, there, engine] = await Promise.all([openShop(), openShop(), standInEngine('24.0.7')]);
    url = `tcp://127.0.0.1:${engine.port}`;
    await here.run(['create', '-d', 'none', '--url', url, 'one']);
    await engine.serve(here.store);
  });
  after(() => Promise.all([here.close(), there.close(), engine.close()]));

  it('doctor: a table, and exit status 0 without a fault', async () => {
    const { code, stdout, stderr } = await here.run(['doctor', 'one']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: 'Checking the store, the machines and this computer\n' });
    expect(stdout).to.match(/^LEVEL +CHECK +MACHINE +FINDING\n/);
    expect(stdout).to.match(/^ok +engine +one +The engine answers at tcp:/m);
    expect(stdout).to.match(/\n\n0 faults, \d warnings?, \d+ ok\n$/);
  });

  it('doctor: exit status 1 with a fault, as JSON too, and a line for every machine', async () => {
    await here.run(['create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'dead']);
    const { code, stdout } = await here.run(['doctor', '--json']);
    expect(code).to.equal(1);
    const findings = JSON.parse(stdout) as Record<string, unknown>[];
    expect(findings.find(({ machine, check }) => machine === 'dead' && check === 'engine')).to.include({ level: 'fault' });
    expect(findings.find(({ machine, check }) => machine === 'one' && check === 'engine')).to.include({ level: 'ok' });
    await here.run(['rm', '-y', 'dead']);
  });

  it('doctor: tells how an interrupted create is finished', async () => {
    // an address that no pre-create check refuses, and a run that has nobody to wait for: the login fails
    const flags = ['-d', 'generic', '--generic-ip-address', '127.0.0.1', '--generic-ssh-port', '1'];
    expect((await here.run(['create', ...flags, 'half'])).code).to.equal(1);
    const { stdout } = await here.run(['doctor', 'half']);
    expect(stdout).to.contain(`fix: tsmachine create ${flags.join(' ')} half; or, to undo it: tsmachine rm -y half`);
    await here.run(['rm', '-y', 'half']);
  });

  it('export and import: with a passphrase of the environment', async () => {
    const file = join(there.store, 'one.tsm');
    const env = { TSMACHINE_PASSPHRASE: 'open sesame' };
    expect(await here.run(['export', 'one', '-o', file], { env })).to.deep.equal({
      code: 0,
      stdout: `Exported one to ${file}\n`,
      stderr: '',
    });
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect((await readFile(file)).includes('PRIVATE KEY')).to.equal(false);
    const nobody = await there.run(['import', file]);
    expect(nobody.code).to.equal(1);
    expect(nobody.stderr).to.contain('Give it with --passphrase-file or in TSMACHINE_PASSPHRASE');
    expect(await there.run(['import', file], { env: { TSMACHINE_PASSPHRASE: 'wrong' } })).to.include({
      code: 1,
      stdout: '',
      stderr: 'The passphrase does not open this export\nNothing was imported\n',
    });
    expect(await there.run(['import', '--name', 'one=uno', file], { env })).to.deep.equal({
      code: 0,
      stdout: 'Imported one as uno\n',
      stderr: '',
    });
    expect((await there.run(['version', 'uno'])).stdout).to.equal('24.0.7\n');
    expect((await there.run(['env', 'uno'])).stdout).to.contain(`export DOCKER_CERT_PATH="${join(there.store, 'machines', 'uno')}"`);
  });

  it('export: with a passphrase of a file; readable with a warning', async () => {
    const [file, secret] = [join(there.store, 'two.tsm'), join(there.store, 'secret')];
    await writeFile(secret, 'from a file\n', { mode: 0o600 });
    expect(await here.run(['export', 'one', '-o', file, '--passphrase-file', secret])).to.include({ code: 0, stderr: '' });
    expect(await there.run(['import', file, '--name', 'one=dos', '--passphrase-file', secret])).to.include({ code: 0 });
    expect((await here.run(['export', 'one', '-o', file])).stderr).to.equal(
      `${file} holds unencrypted private keys: anyone who can read it controls these machines\n`,
    );
    expect(await there.run(['import', file, '--name', 'one=dos'])).to.include({
      code: 1,
      stdout: '',
      stderr: 'Docker machine "dos" already exists\nImport it under another name: --name dos=NEW\n',
    });
  });

  it('export, import and adopt: wrong usage', async () => {
    expect((await here.run(['export', 'one'])).code).to.equal(2);
    expect((await here.run(['export', '-o', 'x'])).code).to.equal(2);
    expect((await here.run(['import'])).code).to.equal(2);
    expect((await here.run(['import', 'x', '--name', 'y'])).code).to.equal(2);
    expect(await here.run(['export', 'nope', '-o', join(here.store, 'x')])).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: `${notThere('nope')}\n`,
    });
    expect((await here.run(['adopt'])).code).to.equal(2);
    expect((await here.run(['adopt', 'new'])).stderr).to.match(/generic driver requires the --generic-ip-address option/);
    expect((await here.run(['adopt', '-d', 'none', '--url', url, 'new'])).stderr).to.match(/^Machines of driver none cannot be adopted/);
    expect((await here.run(['adopt', '--generic-ip-address', '127.0.0.1', '--ca', 'x', 'new'])).stderr).to.match(
      /^--ca, --cert and --key must be given together/,
    );
    expect((await here.run(['adopt', '--help'])).stdout).to.contain('--generic-ip-address');
  });

  it('context: create, ls and rm, and what rm of a machine takes along', async () => {
    const contexts = () => readdir(join(here.store, '.docker', 'contexts', 'meta')).catch(() => []);
    expect(await here.run(['context', 'create'])).to.deep.equal({
      code: 0,
      stdout: 'Docker context "one" points to one. Try it: docker --context one info\n',
      stderr: '',
    });
    expect((await here.run(['context', 'ls'])).stdout).to.equal(
      `CONTEXT   MACHINE   STATE   CURRENT   URL\none       one       ok      -         ${url}\n`,
    );
    expect(JSON.parse((await here.run(['context', 'ls', '--json'])).stdout)).to.deep.equal([
      { context: 'one', machine: 'one', host: url, state: 'ok', current: false },
    ]);
    // the context in use makes a machine active as DOCKER_HOST does, which comes first
    await writeFile(join(here.store, '.docker', 'config.json'), JSON.stringify({ currentContext: 'one' }));
    expect(await here.run(['active'])).to.deep.equal({ code: 0, stdout: 'one\n', stderr: '' });
    expect((await here.run(['ls', '-f', '{{.Active}}'])).stdout).to.equal('*\n');
    expect((await here.run(['active'], { env: { DOCKER_HOST: 'tcp://192.0.2.1:2376' } })).code).to.equal(1);
    expect((await here.run(['active'], { env: { DOCKER_CONTEXT: 'other' } })).code).to.equal(1);
    await writeFile(join(here.store, '.docker', 'config.json'), '{}');
    expect((await here.run(['active'], { env: { DOCKER_CONTEXT: 'one' } })).stdout).to.equal('one\n');
    expect(await here.run(['context', 'rm', 'one'])).to.deep.equal({ code: 0, stdout: 'Removed the Docker context of one\n', stderr: '' });
    await here.run(['create', '-d', 'none', '--url', url, 'extra']);
    await here.run(['context', 'create', 'extra']);
    expect(await contexts()).to.have.length(1);
    await here.run(['rm', '-y', 'extra']);
    expect(await contexts()).to.deep.equal([]);
    await rm(join(here.store, '.docker'), { recursive: true });
  });

  it('context: lists its commands, and each has its help', async () => {
    expect(await here.run(['context'])).to.deep.equal({
      code: 2,
      stdout: '',
      stderr:
        'tsmachine context needs one of its commands\ntsmachine context create  Create Docker contexts for machines\n' +
        'tsmachine context ls      List the Docker contexts of machines\ntsmachine context rm      Remove the Docker contexts of machines\n',
    });
    for (const words of [
      ['context', '--help'],
      ['help', 'context'],
      ['context', '-h'],
    ]) {
      const { code, stdout, stderr } = await here.run(words);
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(stdout).to.match(
        /^Usage: tsmachine context COMMAND \[arg\.\.\.\]\n\nCommands:\n {2}context create +Create Docker contexts for machines\n/,
      );
    }
    for (const words of [
      ['context', 'creat', 'm1'],
      ['help', 'context', 'creat'],
    ]) {
      expect(await here.run(words)).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: "tsmachine: 'context creat' is not a tsmachine command. See 'tsmachine context --help'.\nDid you mean 'context create'?\n",
      });
    }
    expect((await here.run(['context', 'rm', '--help'])).stdout).to.match(/^Usage: tsmachine context rm name\.\.\.\n/);
    expect((await here.run(['help', 'context', 'rm'])).stdout).to.match(/^Usage: tsmachine context rm name\.\.\.\n/);
    expect((await here.run(['context', 'rm'])).stderr).to.contain('Usage: tsmachine context rm name...');
  });
});
