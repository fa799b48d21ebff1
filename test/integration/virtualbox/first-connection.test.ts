import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { fingerprint } from '../../../src/ssh/trust/known-hosts.js';
import { newEd25519 } from '../../../src/system/ed25519.js';
import { Guests } from './guests.js';
import { Playground } from './playground.js';

const prints = (text: string) => fingerprint(text.trim().split(/\s+/).at(-2) ?? '');

describe('virtualbox: the first connection', () => {
  let here: Playground;
  let guests: Guests;

  beforeEach(async () => {
    here = await Playground.open();
    guests = new Guests();
    here.vbox.guests = guests;
  });
  afterEach(() => here.close());

  const machine = (file: string) => join(here.store, 'machines', 'm1', file);

  for (const [what, words] of [
    ['host-only', []],
    ['nat-only', ['--virtualbox-nat-only']],
  ] as const) {
    it(`somebody in the middle is refused before any login or command, and then the guest itself is not (${what})`, async () => {
      const other = newEd25519('impostor');
      guests.impostor = other.private;
      const refused = await here.create([...words, 'm1']);
      const pinned = readFileSync(machine('known_hosts'), 'utf8');
      const port = String((JSON.parse(readFileSync(machine('config.json'), 'utf8')) as { Driver: { SSHPort: number } }).Driver.SSHPort);
      expect(refused.code).to.equal(1);
      expect(refused.stderr).to.contain(
        `Error creating machine: The host key of "m1" (127.0.0.1:${port}) has changed: ` +
          `known is ED25519 ${prints(`${pinned.trim()} x`)} (${machine('known_hosts')}:1), presented was ED25519 ${prints(other.public)}\n` +
          'Somebody may be intercepting the connection, or another host has this address now. ' +
          `If you know why it changed: ssh-keygen -R m1 -f ${machine('known_hosts')}\n` +
          'Run the same command again to continue, or remove what was made: tsmachine rm -y m1\n',
      );
      expect({ met: guests.met, logins: guests.logins, commands: guests.commands }).to.deep.equal({ met: 1, logins: [], commands: [] });
      expect(pinned).to.equal(`m1 ${readFileSync(machine('ssh_host_ed25519_key.pub'), 'utf8').split(' ').slice(0, 2).join(' ')}\n`);
      expect(refused.stdout).not.to.contain('trusted');

      guests.impostor = undefined;
      const [vm] = Object.values(here.vbox.world.vms);
      if (!vm) throw new Error('no VM');
      await guests.stop(vm.uuid);
      await guests.start(vm);
      const { code, stdout, stderr } = await here.create([...words, 'm1']);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.contain('Continuing the interrupted creation of m1').and.to.contain('Docker is up and running!');
      expect(new Set(guests.logins)).to.deep.equal(new Set(['publickey']));
      expect(here.vbox.calls.filter((call) => call.startsWith('startvm'))).to.have.length(1);
      expect(readFileSync(machine('known_hosts'), 'utf8')).to.equal(pinned);
      await here.removed();
    });
  }

  it('a machine whose known_hosts is gone trusts nobody: its key was known before it first booted', async () => {
    expect((await here.create(['m1'])).code).to.equal(0);
    rmSync(machine('known_hosts'));
    const met = guests.logins.length;
    for (const words of [
      ['provision', 'm1'],
      ['--native-ssh', 'ssh', 'm1', 'true'],
    ]) {
      const { code, stdout, stderr } = await here.run(words);
      expect(code, words.join(' ')).not.to.equal(0);
      expect(stderr, words.join(' ')).to.contain("is not known, and this machine's key may not be trusted on first use");
      expect(stdout + stderr).not.to.contain('trusted from now on');
    }
    expect(guests.logins).to.have.length(met);
    await here.removed();
  });
});
