import { expect } from 'chai';

import { Guests } from './guests.js';
import { Playground } from './playground.js';

describe('virtualbox: what was lost since', () => {
  let here: Playground;
  let guests: Guests;

  beforeEach(async () => {
    here = await Playground.open();
    guests = new Guests();
    here.vbox.guests = guests;
  });
  afterEach(() => here.close());

  const created = async () => {
    const { code, stderr } = await here.create(['m1']);
    expect(code, stderr).to.equal(0);
  };
  const loseAddress = () => {
    here.vbox.world.interfaces['vboxnet0'] = { ip: '', mask: '' };
  };
  /** The first `times` VMs that start take the address along. */
  const loseAtStart = (times: number) => {
    let left = times;
    here.vbox.guests = {
      stop: (uuid) => guests.stop(uuid),
      async start(vm) {
        await guests.start(vm);
        if (left-- > 0) loseAddress();
      },
    };
  };
  const configured = () => here.vbox.calls.filter((call) => call.startsWith('hostonlyif ipconfig'));

  describe('the address of the host-only adapter', () => {
    const address = { ip: '192.168.56.1', mask: '255.255.255.0' };

    it('while the machine was off: the next start gives it back', async () => {
      await created();
      await here.run(['stop', 'm1']);
      loseAddress();
      const { code, stderr } = await here.run(['start', 'm1']);
      expect(code, stderr).to.equal(0);
      expect(stderr).to.contain('(m1) The host-only adapter "vboxnet0" has lost its address and gets 192.168.56.1 again\n');
      expect(here.vbox.world.interfaces).to.deep.equal({ vboxnet0: address });
      await here.removed();
    });

    it('when the first VM on it starts: it is given back while the VM boots', async () => {
      loseAtStart(1);
      const { code, stderr } = await here.create(['m1']);
      expect(code, stderr).to.equal(0);
      expect(stderr).to.contain(
        '(m1) The host-only adapter "vboxnet0" lost its address when the VM started, and gets 192.168.56.1 again\n',
      );
      expect(here.vbox.world.interfaces).to.deep.equal({ vboxnet0: address });
      expect(configured()).to.have.length(2);
      expect(here.vbox.calls.filter((call) => /^(startvm|controlvm)/.test(call))).to.have.length(1);
      await here.removed();
    });

    it('of an adapter that is not ours: it is told, and left alone', async () => {
      here.vbox.world.interfaces['vboxnet0'] = address;
      loseAtStart(1);
      const { code, stderr } = await here.create(['--virtualbox-hostonly-cidr', '192.168.56.1/24', 'm1']);
      expect(code, stderr).to.equal(0);
      expect(stderr).to.contain(
        '(m1) The host-only adapter "vboxnet0" has no address, and tsmachine did not make it. Give it one: ' +
          'VBoxManage hostonlyif ipconfig vboxnet0 --ip 192.168.56.1 --netmask 255.255.255.0\n',
      );
      expect(configured()).to.deep.equal([]);
      await here.run(['rm', '-y', 'm1']);
      expect(Object.keys(here.vbox.world.interfaces)).to.deep.equal(['vboxnet0']);
    });
  });

  for (const [how, loses] of [
    ['taken off the list', ['vms']],
    ['deleted with its disks', ['vms', 'media']],
  ] as const) {
    it(`a VM that was ${how} in VirtualBox: each command says so, and rm succeeds`, async () => {
      await created();
      const [vm] = Object.values(here.vbox.world.vms);
      await guests.stop(vm?.uuid ?? '');
      for (const table of loses) here.vbox.world[table] = {};
      for (const verb of ['start', 'stop']) {
        const { code, stderr } = await here.run([verb, 'm1']);
        expect([verb, code]).to.deep.equal([verb, 1]);
        expect(stderr).to.contain(
          'machine does not exist: VirtualBox has no VM for m1\n' +
            'It was deleted outside of tsmachine. Forget the machine with: tsmachine rm -y m1\n',
        );
      }
      expect((await here.run(['ls', '-f', '{{.Name}} {{.State}}'])).stdout).to.equal('m1 \n'); // Docker Machine's word for no VM
      await here.removed();
    });
  }
});
