import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { notThere, openShop, type Shop } from './shop.js';

const url = ['--url', 'tcp://127.0.0.1:1'];
const question = 'Are you sure? (y/n): ';

describe('compatibility: bad input', () => {
  let original: Shop;
  let shop: Shop;
  const create = (...names: string[]) => shop.run(['create', '-d', 'none', ...url, ...names]);
  const machines = async () => (await readdir(join(shop.store, 'machines'))).sort();

  before(async () => {
    original = shop = await openShop();
    await create('one');
  });
  after(() => original.close());
  beforeEach(async () => {
    shop = await openShop();
    await cp(original.store, shop.store, { recursive: true }); // making certificates for each test would take a second
  });
  afterEach(() => shop.close());

  const names: [string, string][] = [
    ['', 'Invalid hostname'],
    ['.', 'Invalid hostname'],
    ['..', 'Invalid hostname'],
    ['../x', 'Invalid hostname'],
    ['a b', 'Invalid hostname'],
    ['müller', 'Invalid hostname'],
    ['a_b', 'Invalid hostname'],
    ['.hidden', 'Invalid hostname'],
    ['a'.repeat(300), 'too long'],
    ['a'.repeat(64), 'too long'],
    ['a..b', 'cannot be the name of a host'],
    ['host.', 'cannot be the name of a host'],
  ];
  for (const [name, message] of names) {
    it(`create: the name ${JSON.stringify(name.slice(0, 12))} of ${name.length} characters`, async () => {
      const result = await create('good', name);
      expect(result).to.include({ code: 2, stdout: '' });
      expect(result.stderr).to.match(new RegExp(`^Error creating machine: .*${message}`));
      expect(await machines()).to.deep.equal(['one']);
    });
  }

  it('create: a name that begins with a dash is a flag, and after -- a bad name', async () => {
    expect((await create('-x')).stderr).to.match(/^flag provided but not defined: -x\n/);
    expect((await create('--', '-x')).stderr).to.match(/^Error creating machine: Invalid hostname/);
  });

  it('create: a machine that is there, and one that differs only in case', async () => {
    const there = await create('one');
    expect(there).to.include({ code: 1, stdout: '' });
    expect(there.stderr).to.match(/^Docker machine "one" already exists\n/);
    const other = await create('ONE');
    expect(other.code).to.equal(1);
    expect(other.stderr).to.match(/^Docker machine "one" already exists, and "ONE" differs/);
    expect(await machines()).to.deep.equal(['one']);
  });

  it("create: the driver's missing and malformed flags", async () => {
    const missing = await shop.run(['create', '-d', 'none', 'two']);
    expect(missing.code).to.equal(2);
    expect(missing.stderr).to.match(/^--url option is required when no driver is selected\n/);
    for (const bad of ['127.0.0.1:2376', 'tcp://', 'tcp://a:99999999', 'http://x', '']) {
      expect((await shop.run(['create', '-d', 'none', '--url', bad, 'two'])).code, bad).to.equal(2);
    }
    expect((await shop.run(['create', '-d', 'none', ...url, '--engine-label', 'x', 'two'])).stderr).to.match(
      /^--engine-label "x" must be key=value\n/,
    );
    expect(await machines()).to.deep.equal(['one']);
  });

  it('create: several at once; one that fails does not stop the others', async () => {
    const result = await create('two', 'one', 'three');
    expect(result.code).to.equal(1);
    expect(await machines()).to.deep.equal(['one', 'three', 'two']);
    expect(
      result.stdout
        .trimEnd()
        .split('\n')
        .every((text) => /^\((two|three)\) /.test(text)),
    ).to.equal(true);
    expect(result.stderr).to.match(/^one: Docker machine "one" already exists\n[^]*\n1 of 3 machines failed: one\n$/);
  });

  const broken: [string, string, RegExp][] = [
    ['empty', '', /empty/],
    ['cut off', '{"ConfigVersion": 3, "Driver": {', /truncated/],
    ['not JSON', 'hello', /Cannot read .*config\.json: it is not JSON/],
    ['an array', '[]', /JSON object/],
    ['of the future', '{"ConfigVersion": 4}', /version 4: .*newer/],
  ];
  for (const [what, text, message] of broken) {
    it(`config.json is ${what}: an error row, never a failed listing, and the file stays`, async () => {
      await mkdir(join(shop.store, 'machines', 'bad'));
      const file = join(shop.store, 'machines', 'bad', 'config.json');
      await writeFile(file, text);
      const listing = await shop.run(['ls']);
      expect(listing).to.include({ code: 0, stderr: '' });
      const [, bad = '', one = ''] = listing.stdout.split('\n');
      expect(bad)
        .to.match(/^bad {5}\s+not found {3}Error /)
        .and.match(message);
      expect(one).to.match(/^one {4}-/);
      const status = await shop.run(['status', 'bad']);
      expect(status).to.include({ code: 1, stdout: '' });
      expect(status.stderr).to.match(message);
      expect((await shop.run(['ls', '-q'])).stdout).to.equal('one\n');
      expect(await readFile(file, 'utf8')).to.equal(text);
      expect((await shop.run(['rm', '-f', 'bad'])).code).to.equal(0);
      expect(await machines()).to.deep.equal(['one']);
    });
  }

  it('rm: declined, and nobody there to answer', async () => {
    const about =
      'About to remove one\nWARNING: This action will delete only the local reference; the host itself, and what runs on it, stays.\n';
    expect(await shop.run(['rm', 'one'], { input: 'no\n' })).to.deep.equal({ code: 0, stdout: about, stderr: question });
    expect(await shop.run(['rm', 'one'], { input: '' })).to.deep.equal({
      code: 1,
      stdout: about,
      stderr: `${question}\nNothing was done: nobody could be asked\ntsmachine rm -y one\n`,
    });
    expect(await machines()).to.deep.equal(['one']);
    expect(await shop.run(['rm', 'one'], { input: 'Yes\n' })).to.deep.equal({
      code: 0,
      stdout: `${about}Successfully removed one\n`,
      stderr: question,
    });
    expect(await machines()).to.deep.equal([]);
  });

  it('rm: several, one of them unknown', async () => {
    const result = await shop.run(['rm', '-y', 'one', 'nope']);
    expect(result).to.deep.equal({
      code: 1,
      stdout:
        'About to remove one, nope\n' +
        'WARNING: This action will delete only the local reference; the host itself, and what runs on it, stays.\nSuccessfully removed one\n',
      stderr: `nope: Error removing host "nope": ${notThere('nope')}\n1 of 2 machines failed: nope\n`,
    });
  });

  it('rm -f: a missing machine is reported, but is not a failure', async () => {
    const result = await shop.run(['rm', '-f', 'nope']);
    expect(result.code).to.equal(0);
    expect(result.stderr).to.equal(`Error removing host "nope": ${notThere('nope')}\n`);
  });

  it('ls: a driver that is not built in', async () => {
    const file = join(shop.store, 'machines', 'one', 'config.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"DriverName": "none"', '"DriverName": "foo"'));
    const { code, stdout } = await shop.run(['ls']);
    expect(code).to.equal(0);
    expect(stdout.split('\n')[1]).to.match(/^one {4}- {8}not-found {3}Error .*Unknown .*"foo"/);
    expect((await shop.run(['inspect', 'one'])).code).to.equal(0);
  });

  it('ls -t 0: every machine times out at once, and the listing succeeds', async () => {
    const { code, stdout } = await shop.run(['ls', '-t', '0']);
    expect(code).to.equal(0);
    expect(stdout.split('\n')[1]).to.match(/^one {13}none {5}Timeout /);
  });

  it('the store is a file', async () => {
    const file = join(shop.store, 'file');
    await writeFile(file, '');
    const result = await shop.run(['-s', file, 'create', '-d', 'none', ...url, 'two']);
    expect(result).to.include({ code: 1, stdout: '' });
    expect(result.stderr)
      .to.contain(file)
      .and.to.not.match(/\n\s+at /);
  });
});
