import { expect } from 'chai';

import { secretFlag } from '../../../../src/base/flags.js';
import { driverNames, loadDriverModule } from '../../../../src/machine/access/driver-registry.js';

import { accountFlags, driverOfFlag } from '../../../../src/cli/options/account-flags.js';
import { splitCommandLine } from '../../../../src/cli/line/split.js';
import { TsmachineError } from '../../../../src/base/errors.js';

describe('flags that say as whom a provider is asked', () => {
  const namesOf = async (...words: string[]) => (await accountFlags(words, { env: {}, storePath: '/nowhere' })).map(({ name }) => name);

  it('are those of the drivers that the words name, and no others of them', async () => {
    expect(await namesOf('ls', '--amazonec2-access-key', 'x')).to.deep.equal([
      'amazonec2-access-key',
      'amazonec2-secret-key',
      'amazonec2-session-token',
      'amazonec2-profile',
    ]);
    expect(await namesOf('ls', '-amazonec2-profile=x')).to.include('amazonec2-profile');
    expect(await namesOf('ls', '--filter', 'driver=amazonec2')).to.deep.equal([]);
    expect(await namesOf('create', '--generic-ip-address', 'x')).to.deep.equal([]);
  });

  it('end where the words of another program begin', async () => {
    expect(await namesOf('--', 'm1', '--amazonec2-access-key', 'x')).to.deep.equal([]);
  });

  it('are known by the name of their driver', () => {
    expect(driverOfFlag('--amazonec2-region')).to.equal('amazonec2');
    expect(driverOfFlag('amazonec2-region')).to.equal(undefined);
    expect(driverOfFlag('--amazonec2')).to.equal(undefined);
    expect(driverOfFlag('--nonesuch-key')).to.equal(undefined);
  });

  it('may stand before the command, with their values', () => {
    const { leading, command, rest } = splitCommandLine(['--amazonec2-access-key', 'rm', '-amazonec2-profile=p', '-D', 'ls', '-q']);
    expect({ leading, command, rest }).to.deep.equal({
      leading: ['--amazonec2-access-key', 'rm', '-amazonec2-profile=p', '-D'],
      command: 'ls',
      rest: ['-q'],
    });
    expect(() => splitCommandLine(['--amazonec2-access-key'])).to.throw(TsmachineError, /needs an argument: --amazonec2-access-key/);
  });

  it('that are secret are known as such by their names, since command lines are kept where no driver is at hand', async () => {
    const drivers = await Promise.all(driverNames().map((name) => loadDriverModule(name)));
    const secret = drivers.flatMap(({ flags }) => flags.filter((flag) => flag.secret === true).map(({ name }) => name));
    expect(secret).to.include('google-auth-encoded-json');
    expect(secret.filter((name) => !secretFlag.test(name))).to.deep.equal([]);
  });
});
