import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { int, string } from '../../../src/go-rpc/gob/basic.js';
import { nothing } from '../../../src/go-rpc/rpc/messages.js';
import { GoPlugin } from '../../../src/plugins/go/plugin.js';
import { findGoPlugin } from '../../../src/plugins/go/program.js';
import { failureOf, hintOf, reasonOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';
import { goProgram } from '../go-rpc/program.js';

const name = { argument: nothing, result: string };
const nothings = { argument: nothing, result: nothing };

describe('Go plugins: a real one', () => {
  let folder: string;

  before(async function () {
    const built = await goProgram(this);
    folder = scratch();
    for (const driver of ['fake', 'old', 'newer', 'heartless']) symlinkSync(built, join(folder, `docker-machine-driver-${driver}`));
  });

  const start = (driver: string, more: Partial<Parameters<typeof GoPlugin.start>[0]> = {}) =>
    GoPlugin.start({ driver, program: findGoPlugin(driver, folder) ?? '', ...more });

  it('is found, started, asked and closed', async () => {
    const lines: string[] = [];
    const plugin = await start('fake', { log: (level, line) => lines.push(`${level} ${line}`) });
    expect(await plugin.call('DriverName', name, {})).to.equal('fake');
    expect((await failureOf(plugin.call('GetIPv6', name, {}))).message).to.equal("rpc: can't find method RPCServerDriver.GetIPv6");
    await plugin.close();
    await plugin.close();
    expect(lines).to.deep.equal(['debug Closing plugin on server side']);
    expect((await failureOf(plugin.call('DriverName', name, {}))).code).to.equal('DRIVER_FAILED');
  });

  it('with the old name of its service', async () => {
    const plugin = await start('old');
    expect(await plugin.call('DriverName', name, {})).to.equal('old');
    await plugin.close();
  });

  it('of another version is refused', async () => {
    const failure = await failureOf(start('newer'));
    expect(failure.message).to.match(/^The plugin "newer" \(.*\) speaks version 2 of the protocol of plugins, and we speak version 1/);
  });

  it('that panics in the middle of a call: one message, with its words and without its secrets', async () => {
    const lines: string[] = [];
    const plugin = await start('fake', { log: (level, line) => lines.push(`${level} ${line}`) });
    const failure = await failureOf(plugin.call('Create', nothings, {}));
    expect(failure.code).to.equal('DRIVER_FAILED');
    expect(failure.message).to.match(
      /^The plugin "fake" \(.*\) ended during Create \(exit status 2\)\. The last it said:\npanic: no cloud today/,
    );
    expect(lines.slice(0, 2).sort()).to.deep.equal(['debug Authorization: (hidden)', 'info Creating']);
  });

  it('ends with its signal, in the middle of a call', async () => {
    const abort = new AbortController();
    const plugin = await start('fake', { signal: abort.signal });
    const call = reasonOf(plugin.call('Start', nothings, {}));
    abort.abort(new Error('interrupted'));
    expect(String(await call)).to.equal('Error: interrupted');
    await plugin.close();
  });

  it('that crashes with a segmentation fault', async () => {
    const plugin = await start('fake');
    const failure = await failureOf(plugin.call('Remove', nothings, {}));
    expect(failure.message).to.match(/ended during Remove \((exit status 2|SIGSEGV)\)/);
  });

  it('that refuses its heartbeat is given up, and said so', async function () {
    this.timeout(30_000);
    const plugin = await start('heartless');
    const failure = await failureOf(plugin.call('Start', nothings, {}));
    expect(failure.message).to.match(/^The plugin "heartless" \(.*\) does not answer its heartbeat: I have none/);
  });

  it('whose answer is of another type fails that call alone', async () => {
    const plugin = await start('fake');
    const failure = await failureOf(plugin.call('DriverName', { argument: nothing, result: int }, {}));
    expect(failure.message).to.match(/the value should be an integer below 2\^53 and is a string$/);
    expect(await plugin.call('DriverName', name, {})).to.equal('fake');
    await plugin.close();
  });

  it('is kept alive by heartbeats', async function () {
    this.timeout(30_000);
    const plugin = await start('fake');
    const beyond = plugin.call('Start', nothings, {}, { timeout: 12_000 }); // a plugin ends itself after 10 s without a heartbeat
    expect((await failureOf(beyond)).code).to.equal('WAIT_TIMEOUT');
    expect(await plugin.call('DriverName', name, {})).to.equal('fake');
    await plugin.close();
  });
});

describe('Go plugins: programs that are none', function () {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  const started = async (script: string, timeout = 10_000) => {
    const program = join(scratch(), 'docker-machine-driver-x');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    return failureOf(GoPlugin.start({ driver: 'x', program, timeout }));
  };

  it('that ends at once', async () => {
    expect((await started('echo "no token" >&2; exit 3')).message).to.match(
      /^The plugin "x" \(.*\) ended before it said where it listens \(exit status 3\)\. The last it said:\nno token$/,
    );
  });

  it('that is silent, and its children with it', async () => {
    const pid = join(scratch(), 'pid');
    const failure = await started(`sleep 600 & echo $! > ${pid}; sleep 600`, 1000);
    expect(failure.message).to.match(/has not said within 1 s where it listens$/);
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', readFileSync(pid, 'utf8').trim()]);
    expect(stdout.toString()).to.match(/^(Z.*\n)?$/); // gone, or ended and not yet reaped
  });

  it('that prints garbage, an address of another computer, or one where nobody listens', async () => {
    expect((await started('echo hello; sleep 600')).message).to.match(/says "hello" where its address should be$/);
    expect((await started('echo 192.0.2.7:80; sleep 600')).message).to.match(/says "192.0.2.7:80" where its address should be$/);
    expect((await started('echo 127.0.0.1:1; sleep 600')).message).to.match(/The connection broke: connect ECONNREFUSED 127.0.0.1:1$/);
  });

  it('that cannot be started', async () => {
    const folder = scratch();
    const bad = join(folder, 'docker-machine-driver-bad');
    writeFileSync(bad, 'x');
    mkdirSync(join(folder, 'docker-machine-driver-folder'));
    const find = (driver: string) => failureOf(() => findGoPlugin(driver, `${folder}:/nowhere`));
    const [text, other] = [await find('bad'), await find('folder')];
    expect(text.message).to.equal(`The driver "bad" cannot be used: ${bad} is not executable`);
    expect(hintOf(text)).to.equal(`If it is the right program: chmod +x ${bad}`);
    expect(other.message).to.match(/docker-machine-driver-folder is a folder$/);
    for (const driver of ['none', '../bad', '-x']) expect(findGoPlugin(driver, `${folder}:/nowhere`)).to.equal(undefined);
  });
});

describe('Go plugins: many at the same time', () => {
  it('are started, asked and ended without a word from Node', async function () {
    const built = await goProgram(this);
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on('warning', warn);
    const { signal } = new AbortController();
    setMaxListeners(0, signal); // as the command line's own has
    const plugins = await Promise.all(
      Array.from({ length: 16 }, (_, i) => GoPlugin.start({ driver: `d${i}`, program: built, signal, timeout: 30_000 })),
    );
    expect(await Promise.all(plugins.map((plugin) => plugin.call('DriverName', name, {})))).to.include.members(['d0', 'd15']);
    await Promise.all(plugins.map((plugin) => plugin.close()));
    process.off('warning', warn);
    expect(warnings.map(({ message }) => message)).to.deep.equal([]);
  });
});
