import { expect } from 'chai';

import { usageLine } from '../../../../src/cli/line/usage.js';
import { twoColumns, wrap } from '../../../../src/cli/line/wrap.js';
import { driverNames } from '../../../../src/machine/access/driver-registry.js';
import { filesBelow } from '../../architecture/sources.js';
import { line } from '../../commands/line.js';

const commands = filesBelow('src/commands').map((file) => file.replace(/^src\/commands\/(.*)\.ts$/, '$1').replace('/', ' '));

async function help(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await line(['help', ...words]);
  expect({ code, stderr }, words.join(' ')).to.deep.equal({ code: 0, stderr: '' });
  return stdout;
}

describe('cli: help', () => {
  it('wraps at spaces', () => {
    expect(wrap('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrap('unbreakable', 3)).to.deep.equal(['unbreakable']);
    expect(
      twoColumns(
        [
          ['a', 'one two'],
          ['longer-than-that', 'x'],
        ],
        { indent: 1, width: 10, widest: 4 },
      ),
    ).to.deep.equal([' a  one', '    two', ' longer-than-that', '    x']);
  });

  it("lists every command file, with its summary, in Docker Machine's order", async () => {
    const text = await help();
    expect(text).to.match(/^Usage: tsmachine \[OPTIONS\] COMMAND \[arg\.\.\.\]\n/);
    const listed = [...text.slice(text.indexOf('\nCommands:\n')).matchAll(/^ {2}([a-z-]+(?: [a-z-]+)?) {2,}\S/gm)].map(
      ([, name = '']) => name,
    );
    expect(listed.toSorted()).to.deep.equal(commands.toSorted());
    const order = ['regenerate-certs', 'restart', 'rm', 'ssh', 'scp', 'mount', 'start', 'status', 'stop', 'url', 'version', 'help'];
    expect(listed.filter((name) => order.includes(name))).to.deep.equal(order.filter((name) => listed.includes(name)));
  });

  it('fits 80 columns, with an example, for every command and driver', async () => {
    const texts = [await help()];
    for (const name of commands.filter((command) => command !== 'help')) {
      for (const driver of ['create', 'adopt', 'swarm plan', 'swarm up'].includes(name) ? driverNames() : ['-']) {
        const text = await help(...name.split(' '), '-d', driver);
        expect(text, name).to.match(new RegExp(`Example:\\n   tsmachine ${name}( |$)`, 'm'));
        texts.push(text);
      }
    }
    const long = texts.flatMap((text) => text.split('\n')).filter((row) => row.length > 80);
    expect(long).to.deep.equal([]);
  });

  it('shows the flags of the driver, each on a line that begins with three spaces', async () => {
    const text = await help('create', '--driver', 'generic');
    expect(text).to.match(/^ {3}--generic-ssh-port "22" +SSH port \[\$GENERIC_SSH_PORT\]$/m);
    expect(text).to.match(/^ {3}--driver, -d "virtualbox"/m);
    expect(text).to.match(/^ {3}--generic-ip-address /m);
  });

  it('shows the flags of the default driver without another', async () => {
    expect(await help('create'))
      .to.contain('--engine-install-url')
      .and.to.match(/^ {3}--virtualbox-memory "1024"/m);
  });

  it('shows [OPTIONS] on the usage line only for commands with options', () => {
    expect(usageLine({ id: 'ssh', flags: {}, usage: '[arg...]' })).to.equal('Usage: tsmachine ssh [arg...]');
    expect(usageLine({ id: 'ls', flags: { quiet: {} as never }, usage: '' })).to.equal('Usage: tsmachine ls [OPTIONS]');
  });
});
