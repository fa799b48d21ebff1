import { expect } from 'chai';

import { usageLine } from '../../../../src/cli/line/usage.js';
import { twoColumns, wrap } from '../../../../src/cli/line/wrap.js';
import { describeDriver, driverNames } from '../../../../src/machine/access/driver-registry.js';
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

  it('lists every command file once, with its summary, in groups', async () => {
    const text = await help();
    expect(text).to.match(/^Usage: tsmachine \[OPTIONS\] COMMAND \[arg\.\.\.\]\n/);
    expect(text).to.match(/\n Machines\n {2}create {3}Create a machine\n {2}ls {7}List machines\n/);
    const listed = [...text.slice(text.indexOf('\nCommands:\n')).matchAll(/^ {2}([a-z-]+(?: [a-z-]+)?) {2,}\S/gm)].map(
      ([, name = '']) => name,
    );
    expect(listed.toSorted()).to.deep.equal(commands.toSorted());
  });

  describe("called as docker-machine, in the form that Docker Machine's completion script for zsh reads", () => {
    it('lists one command a line, a tab before its summary, in the old order', async () => {
      const { stdout } = await line([], {}, '', 'docker-machine');
      const rows = stdout.slice(stdout.indexOf('\nCommands:\n') + '\nCommands:\n'.length, stdout.lastIndexOf('\n\n')).split('\n');
      expect(rows.filter((row) => !/^ {2}[a-z-]+\t+[A-Z][^\t]+$/.test(row))).to.deep.equal([]);
      const listed = rows.map((row) => row.trim().replace(/\t.*$/, ''));
      const topics = commands.filter((name) => name.includes(' ')).map((name) => name.replace(/ .*$/, ''));
      expect(listed.toSorted()).to.deep.equal([...new Set([...commands.filter((name) => !name.includes(' ')), ...topics])].toSorted());
      const order = ['regenerate-certs', 'restart', 'rm', 'ssh', 'scp', 'mount', 'start', 'status', 'stop', 'url', 'version', 'help'];
      expect(listed.filter((name) => order.includes(name))).to.deep.equal(order);
    });

    for (const driver of driverNames()) {
      it(`prints the flags of ${driver} on stdout when create has no name, one a line`, async () => {
        const { code, stdout, stderr } = await line(['create', '-d', driver], {}, '', 'docker-machine');
        expect(code).to.equal(1);
        expect(stderr).to.match(/^Error: No machine name specified\n/);
        const rows = stdout
          .slice(stdout.indexOf('Options:\n   \n') + 'Options:\n   \n'.length)
          .trimEnd()
          .split('\n');
        const form = /^ {3}--([a-z0-9-]+)(, -[a-z])?( | "[^"\t]*"| \[--\1 option --\1 option\])?\t+[^\t]+$/;
        expect(rows.filter((row) => !form.test(row))).to.deep.equal([]);
        const isOfDriver = (row: string) => row.startsWith(`   --${driver}`) || (driver === 'none' && row.startsWith('   --url'));
        const named = stdout.split('\n').filter((row) => row.includes(driver) && !/--driver, -d "/.test(row));
        if (driver !== 'none') expect(named.filter((row) => !isOfDriver(row))).to.deep.equal([]);
        expect(rows.filter(isOfDriver)).to.have.length((await describeDriver(driver)).flags.length);
      });
    }

    it('prints no help on stdout for a mistake in what a shell evaluates', async () => {
      expect(await line(['env', 'a', 'b'], { SHELL: '/bin/sh' }, '', 'docker-machine')).to.include({ code: 1, stdout: '' });
    });
  });

  it('shows an example and the flags of one driver, and classic swarms last, under headings', async () => {
    const none = await help('create', '-d', 'none');
    expect(none).to.contain('tsmachine create -d none --url tcp://10.0.0.5:2376 m1').and.not.to.contain('generic-');
    const text = await help('create', '-d', 'generic');
    expect(text).to.contain('tsmachine create -d generic --generic-ip-address 10.0.0.5 m1');
    const [common = '', driver = '', classic = ''] = text.split(/\nOptions of [^\n]*:\n/);
    expect(common)
      .to.contain('--engine-label')
      .and.not.to.match(/--(swarm|generic)/);
    expect(driver)
      .to.contain('--generic-ssh-key')
      .and.not.to.match(/--(swarm|engine)-/);
    expect(classic).to.contain('--swarm-master');
  });

  it('names the values of flags that have only some', async () => {
    expect(await help('swarm', 'join')).to.match(/Role of the node: manager,\s+worker/);
    expect(await help('create', '-d', 'virtualbox')).to.match(/UI type: gui, sdl, headless,\s+separate/);
    expect(await help('create')).to.match(/Driver to create machine with: amazonec2,\s+azure,\s+generic,\s+google,\s+hyperv/);
  });

  it('lists the commands of a topic with their summaries when none is given', async () => {
    const { code, stderr } = await line(['swarm']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^tsmachine swarm ca {16}Print the root certificate of a swarm/m);
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
