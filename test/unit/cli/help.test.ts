import { expect } from 'chai';

import { catalogue } from '../../../src/cli/catalogue.js';
import { commandHelp, globalHelp, usageLine } from '../../../src/cli/help.js';
import { twoColumns, wrap } from '../../../src/cli/wrap.js';
import { driverNames } from '../../../src/driver/registry.js';

describe('cli: help', () => {
  it('wraps at blanks', () => {
    expect(wrap('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrap('unbreakable', 3)).to.deep.equal(['unbreakable']);
    expect(twoColumns([['a', 'one two'], ['longer-than-that', 'x']], { indent: 1, width: 10, widest: 4 })).to.deep.equal([
      ' a  one', '    two', ' longer-than-that', '    x',
    ]);
  });

  it('lists every command with the summary of its own file', async () => {
    for (const entry of catalogue) {
      const { default: Command } = await entry.load();
      expect(Command.summary, entry.name).to.equal(entry.summary);
    }
    const text = globalHelp(catalogue, '1.2.3');
    expect(text).to.match(/^Usage: tsmachine \[OPTIONS\] COMMAND \[arg\.\.\.\]\n/);
    for (const { name } of catalogue) expect(text).to.match(new RegExp(`^  ${name} `, 'm'));
  });

  it('fits 80 columns, with an example, for every command and driver', async () => {
    const texts = [globalHelp(catalogue, '1.2.3')];
    for (const entry of catalogue) {
      const { name } = entry;
      const { default: Command } = await entry.load();
      const drivers = name === 'create' || name === 'adopt' ? driverNames() : ['-'];
      for (const driver of drivers) {
        const text = commandHelp(await Command.helpFor(name, ['-d', driver], {}));
        expect(text, name).to.match(new RegExp(`Example:\\n   tsmachine ${name}( |$)`));
        texts.push(text);
      }
    }
    const long = texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 80);
    expect(long).to.deep.equal([]);
  });

  it('shows the flags of the driver, one to a line that begins with three blanks', async () => {
    const create = catalogue.find(({ name }) => name === 'create');
    const help = await (await create?.load())?.default.helpFor('create', ['--driver', 'generic'], {});
    const text = commandHelp(help ?? expect.fail('no help'));
    expect(text).to.match(/^ {3}--generic-ssh-port "22" +SSH port \[\$GENERIC_SSH_PORT\]$/m);
    expect(text).to.match(/^ {3}--driver, -d "virtualbox"/m);
    expect(help?.flags).to.have.property('generic-ip-address');
  });

  it('helps with create where no driver is chosen', async () => {
    const { default: Create } = await (catalogue.find(({ name }) => name === 'create') ?? expect.fail('no create')).load();
    expect(commandHelp(await Create.helpFor('create', [], {}))).to.contain('--engine-install-url');
  });

  it('names options on the usage line only where there are some', () => {
    expect(usageLine({ name: 'ssh', flags: {}, usage: '[arg...]' })).to.equal('Usage: tsmachine ssh [arg...]');
  });
});
