import { existsSync } from 'node:fs';
import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { plain } from '../../../../src/base/text.js';
import { failureOf, hintOf } from '../../../helpers/failure.js';
import { simple } from '../../../stand-ins/virtualbox/answer.js';
import { Bench } from './bench.js';

const error = (text: string) => ({
  stderr: `VBoxManage: error: ${text}\nVBoxManage: error: Details: code NS_ERROR_FAILURE (0x80004005)\n`,
});

describe('virtualbox: a machine from create to rm', () => {
  it('calls VBoxManage in this order', async () => {
    const bench = new Bench();
    await bench.parse({ 'virtualbox-hostonly-cidr': '192.168.56.1/24' });
    await bench.driver.precheck(bench.data, bench.ctx);
    await bench.create();
    expect(
      bench.calls.map((call) =>
        call
          .split(' ')
          .slice(0, call.startsWith('list') || call.startsWith('hostonlyif') ? 2 : 1)
          .join(' '),
      ),
    ).to.deep.equal([
      '--version',
      'list vms',
      'list hostonlyifs',
      'closemedium',
      'convertfromraw',
      'showvminfo',
      'createmedium',
      'showmediuminfo',
      'modifymedium',
      'createvm',
      'setextradata',
      'setextradata',
      'setextradata',
      '--version',
      'modifyvm',
      'modifyvm',
      'storagectl',
      'storageattach',
      'storageattach',
      'guestproperty',
      'guestproperty',
      'sharedfolder',
      'setextradata',
      'showvminfo',
      'getextradata',
      'list hostonlyifs',
      'setextradata',
      'hostonlyif create',
      'setextradata',
      'hostonlyif ipconfig',
      'list hostonlyifs',
      'setextradata',
      'list dhcpservers',
      'dhcpserver',
      'modifyvm',
      'modifyvm',
      'startvm',
      'showvminfo',
      'guestproperty',
      'dhcpserver',
      'list hostonlyifs',
    ]);
    expect(bench.data).to.include({ IPAddress: '192.168.56.101', Built: true });
    const endpoint = await bench.driver.look(bench.data, bench.ctx);
    expect(endpoint).to.deep.include({ addresses: [{ ip: '192.168.56.101', scope: 'private' }], dockerUrl: 'tcp://192.168.56.101:2376' });
    expect(endpoint.ssh).to.include({ hostKeyKnown: true });
    const { state, ...where } = endpoint;
    expect([state, bench.driver.where?.(bench.data, bench.ctx)]).to.deep.equal(['Running', where]);
  });

  it('stops, starts with the same ports, and leaves nothing after rm but the cached base', async () => {
    const bench = new Bench();
    await bench.parse();
    await bench.create();
    const port = bench.data['SSHPort'];
    await bench.driver.stop(bench.data, bench.ctx);
    expect((await bench.driver.look(bench.data, bench.ctx)).state).to.equal('Stopped');
    await bench.driver.start(bench.data, bench.ctx);
    expect(bench.data['SSHPort']).to.equal(port);
    expect(bench.calls.filter((call) => call === 'hostonlyif create')).to.have.length(1);
    await bench.driver.remove(bench.data, bench.ctx);
    expect(bench.left()).to.deep.equal([]);
    expect(existsSync(String(bench.data['BaseDisk']))).to.equal(true);
  });

  it('resumes what is paused, wakes what is saved without changing it, and stops and removes both', async () => {
    const bench = new Bench();
    await bench.parse();
    await bench.create();
    const [vm] = Object.values(bench.world.vms);
    if (!vm) throw new Error('no VM');
    vm.state = 'paused';
    await bench.driver.start(bench.data, bench.ctx);
    expect([vm.state, bench.calls.filter((call) => call.startsWith('startvm')).length]).to.deep.equal(['running', 1]);
    vm.state = 'paused';
    await bench.driver.stop(bench.data, bench.ctx);
    expect(bench.calls.slice(-4).map((call) => call.replace(/[0-9a-f]{8}-\S+/, 'ID'))).to.deep.equal([
      'showvminfo ID --machinereadable',
      'controlvm ID resume',
      'controlvm ID acpipowerbutton',
      'showvminfo ID --machinereadable',
    ]);
    vm.state = 'saved';
    const from = bench.calls.length;
    await bench.driver.start(bench.data, bench.ctx);
    expect(bench.calls.slice(from).filter((call) => call.startsWith('modifyvm'))).to.deep.equal([]);
    vm.state = 'saved';
    await bench.driver.remove(bench.data, bench.ctx);
    expect(bench.calls.some((call) => call.startsWith('discardstate'))).to.equal(true);
    expect(bench.left()).to.deep.equal([]);
  });

  it("takes another SSH port when the remembered one is taken, and says which program's port the engine's is", async () => {
    const bench = new Bench();
    await bench.parse({ 'virtualbox-nat-only': true });
    await bench.create();
    await bench.driver.kill(bench.data, bench.ctx);
    const { SSHPort: ssh, EnginePort: engine } = bench.data;
    bench.computer = { ...bench.computer, freePort: (wanted = 0) => Promise.resolve(wanted === ssh ? undefined : wanted || 50_000) };
    await bench.driver.start(bench.data, bench.ctx);
    expect(bench.data).to.include({ SSHPort: 50_000, EnginePort: engine });
    expect(Object.values(bench.world.vms)[0]?.forwards).to.have.members([
      'ssh,tcp,127.0.0.1,50000,,22',
      `docker,tcp,127.0.0.1,${String(engine)},,${String(engine)}`,
    ]);
    await bench.driver.kill(bench.data, bench.ctx);
    bench.computer = { ...bench.computer, freePort: (wanted = 0) => Promise.resolve(wanted === engine ? undefined : 50_001) };
    const { message, hint } = await failureOf(bench.driver.start(bench.data, bench.ctx));
    expect(message).to.contain(`The port ${String(engine)} of 127.0.0.1`);
    expect(plain(hint ?? '')).to.contain('tsmachine start m1');
  });

  it('gives way to an allowed range where the default address is not allowed, says so, and stays there', async () => {
    const bench = new Bench({ interfaces: () => [{ name: 'eth0', cidr: '192.168.56.7/24' }] });
    await bench.parse();
    await bench.create();
    expect(bench.world.interfaces).to.deep.equal({ vboxnet0: { ip: '192.168.57.1', mask: '255.255.255.0' } });
    expect(bench.io.infos.join('\n')).to.contain('Host-only network: 192.168.57.1/24, because VirtualBox does not allow 192.168.99.1/24');
    expect(bench.data).to.include({ HostOnlyCIDR: '192.168.57.1/24' });
    await bench.parse({ 'virtualbox-hostonly-cidr': '192.168.99.2/24' });
    expect((await failureOf(bench.create())).message).to.equal(
      'VirtualBox does not allow the host-only network 192.168.99.0/24; it allows 192.168.56.0/21',
    );
  });

  it('starts, stops and removes a machine that Docker Machine made, by the name of its VM', async () => {
    const bench = new Bench();
    const { machineDir } = bench.ctx;
    simple(bench.world, 'createvm', ['--basefolder', machineDir, '--name', 'm1', '--register']);
    bench.data = {
      MachineName: 'm1',
      SSHUser: 'docker',
      SSHPort: 35_623,
      SSHKeyPath: `${machineDir}/id_rsa`,
      HostOnlyCIDR: '192.168.56.1/24',
    };
    const [mac] = Object.values(bench.world.vms);
    if (mac) mac.settings['macaddress2'] = '080027AABBCC';
    await bench.driver.start(bench.data, bench.ctx);
    expect(bench.data).to.include({ IPAddress: '192.168.56.101', SSHPort: 35_623 });
    expect((await bench.driver.look(bench.data, bench.ctx)).state).to.equal('Running');
    expect(bench.driver.where?.(bench.data, bench.ctx).ssh).to.deep.equal({
      host: '127.0.0.1',
      port: 35_623,
      user: 'docker',
      hostKeyKnown: false,
      keyPath: `${machineDir}/id_rsa`,
    });
    await bench.driver.stop(bench.data, bench.ctx);
    await bench.driver.remove(bench.data, bench.ctx);
    expect(bench.left()).to.deep.equal([]);
  });
});

describe('virtualbox: what goes wrong', () => {
  const created = async (flags = {}) => {
    const bench = new Bench();
    await bench.parse(flags);
    await bench.create();
    return bench;
  };

  it('repeats "The object is not ready", five times at most', async () => {
    const bench = new Bench();
    await bench.parse();
    let left = 4;
    bench.fault = (call) => (call.startsWith('createvm') && left-- > 0 ? error('The object is not ready') : undefined);
    await bench.create();
    left = 5;
    bench.fault = (call) => (call === 'controlvm x' || left-- > 0 ? error('The object is not ready') : undefined);
    expect((await failureOf(bench.driver.look(bench.data, bench.ctx))).message).to.match(
      /^VBoxManage showvminfo .* failed:\nThe object is not ready$/,
    );
  });

  const rows: [string, RegExp, Partial<{ exitCode: number; stderr: string }>, string, string][] = [
    [
      'exit 0 with an error',
      /^storagectl/,
      { exitCode: 0, ...error('Something is wrong') },
      'DRIVER_FAILED',
      'failed:\nSomething is wrong',
    ],
    ['a full disk', /^createmedium/, error('Could not create the medium (VERR_DISK_FULL)'), 'STORE_FULL', 'VERR_DISK_FULL'],
    [
      'VT-x off',
      /^startvm/,
      error('VT-x is disabled in the BIOS for all CPU modes (VERR_VMX_MSR_ALL_VMX_DISABLED)'),
      'DRIVER_FAILED',
      "This computer doesn't have VT-X/AMD-v enabled",
    ],
    [
      'no kernel module',
      /^startvm/,
      error('The VirtualBox Linux kernel driver is not loaded (vboxdrv)'),
      'DRIVER_FAILED',
      'Unable to start the VM: The VirtualBox Linux',
    ],
    [
      'no host-only interface',
      /^hostonlyif create/,
      error('Failed to create the host-only adapter'),
      'DRIVER_FAILED',
      'VirtualBox made no host-only adapter:\nFailed to create',
    ],
  ];
  for (const [what, call, answer, code, message] of rows) {
    it(what, async function () {
      this.timeout(10_000);
      const bench = new Bench();
      await bench.parse();
      bench.fault = (text) => (call.test(text) ? answer : undefined);
      const failed = await failureOf(bench.create());
      expect(failed.code).to.equal(code);
      expect(failed.message).to.contain(message);
      bench.fault = () => undefined;
      await bench.driver.remove(bench.data, bench.ctx);
      expect(bench.left()).to.deep.equal([]);
    });
  }

  it('VBoxManage missing: other drivers are named', async () => {
    const bench = new Bench();
    await bench.parse();
    bench.fault = () => new TsmachineError('COMMAND_MISSING', 'no');
    const { code, message, hint } = await failureOf(bench.driver.precheck(bench.data, bench.ctx));
    expect([code, message]).to.deep.equal([
      'COMMAND_MISSING',
      'VBoxManage not found. Make sure VirtualBox is installed and VBoxManage is in the path',
    ]);
    expect(plain(hint ?? ''))
      .to.match(/virtualbox\.org/)
      .and.to.match(/create -d nspawn m1/)
      .and.to.match(/create -d generic --generic-ip-address HOST m1/);
  });

  const checks: [string, (bench: Bench) => void | Promise<void>, RegExp][] = [
    [
      'too old',
      (b) => {
        b.world.version = '4.2.1r80871';
      },
      /^We support Virtualbox starting with version 5\. Your VirtualBox install is "4\.2\.1r80871"\./,
    ],
    [
      'no kernel module',
      (b) => {
        b.world.version = 'WARNING: The character device /dev/vboxdrv does not exist.\n7.2.22';
      },
      /^The kernel module of VirtualBox 7\.2\.22 is not loaded/,
    ],
    [
      'a range that is not allowed',
      async (b) => {
        await b.parse({ 'virtualbox-hostonly-cidr': '10.9.9.1/24' });
      },
      /^VirtualBox does not allow the host-only network 10\.9\.9\.0\/24; it allows 192\.168\.56\.0\/21$/,
    ],
    [
      'a range that is taken',
      async (b) => {
        b.computer = { ...b.computer, interfaces: () => [{ name: 'eth0', cidr: '192.168.57.7/24' }] };
        await b.parse({ 'virtualbox-hostonly-cidr': '192.168.57.1/24' });
      },
      /^host-only cidr conflicts with the network address of a host interface: eth0$/,
    ],
    [
      'no VT-x',
      (b) => {
        b.computer = { ...b.computer, virtualization: () => Promise.resolve(false) };
      },
      /^This computer doesn't have VT-X/,
    ],
    [
      'a foreign VM',
      (b) => {
        b.fault = (call) => (call === 'list vms' ? { exitCode: 0, stdout: '"m1" {11111111-2222-4333-8444-555555555555}\n' } : undefined);
      },
      /that is not tsmachine's$/,
    ],
    [
      'no such image',
      async (b) => {
        await b.parse({ 'virtualbox-image': '/nowhere/disk.vmdk' });
      },
      /^There is no image .*disk\.vmdk$/,
    ],
    [
      'no such ISO',
      async (b) => {
        await b.parse({ 'virtualbox-boot2docker-url': '/nowhere/b2d.iso' });
      },
      /^There is no ISO .*b2d\.iso$/,
    ],
    [
      'no such folder to share',
      async (b) => {
        await b.parse({ 'virtualbox-share-folder': '/nowhere/x:x' });
      },
      /^There is no folder \/nowhere\/x to share$/,
    ],
    [
      'too many CPUs',
      async (b) => {
        await b.parse({ 'virtualbox-cpu-count': 5 });
      },
      /^--virtualbox-cpu-count 5: this computer has 4$/,
    ],
    [
      'too much memory',
      async (b) => {
        await b.parse({ 'virtualbox-memory': 9000 });
      },
      /^--virtualbox-memory 9000: this computer has 8192 MB$/,
    ],
    [
      'too little room',
      (b) => {
        b.free = 2 ** 30;
      },
      /^There is not enough space .* 1024 MB free, 2000 MB needed$/,
    ],
    [
      'ARM before 7.1',
      (b) => {
        b.world.version = '7.0.26';
        b.computer = { ...b.computer, architecture: 'arm64' };
      },
      /does not support machines with ARM processors/,
    ],
    [
      'twins',
      (b) => {
        b.world.interfaces = { a: { ip: '192.168.56.1', mask: '255.255.255.0' }, b: { ip: '192.168.56.1', mask: '255.255.255.0' } };
      },
      /with the same IP "192\.168\.56\.1"\. Please remove one$/,
    ],
  ];
  for (const [what, prepare, message] of checks) {
    it(`before anything is made: ${what}`, async () => {
      const bench = new Bench();
      await bench.parse();
      await prepare(bench);
      expect((await failureOf(bench.driver.precheck(bench.data, bench.ctx))).message).to.match(message);
      expect(bench.left().filter((name) => !['a', 'b'].includes(String(name)))).to.deep.equal([]);
    });
  }

  it('a VM that was deleted behind our back: start says so, rm succeeds', async () => {
    const bench = await created();
    bench.world.vms = {};
    expect((await bench.driver.look(bench.data, bench.ctx)).state).to.equal('None');
    expect(hintOf(await failureOf(bench.driver.start(bench.data, bench.ctx)))).to.contain('tsmachine rm -y m1');
    await bench.driver.remove(bench.data, bench.ctx);
    expect(Object.keys(bench.world.media)).to.deep.equal([]);
  });

  for (const none of ['', '0.0.0.0', '169.254.7.7']) {
    it(`an adapter that lost its address gets it again: it has ${none || 'none'}`, async () => {
      const bench = await created();
      await bench.driver.kill(bench.data, bench.ctx);
      const before = bench.world.interfaces['vboxnet0']?.ip;
      bench.world.interfaces['vboxnet0'] = { ip: none, mask: '255.255.0.0' };
      await bench.driver.start(bench.data, bench.ctx);
      expect(bench.world.interfaces).to.have.nested.property('vboxnet0.ip', before);
      expect(bench.io.warnings.join()).to.contain('"vboxnet0" has lost its address');
    });
  }

  it('an adapter that loses its address again and again while the VM boots ends the waiting', async function () {
    this.timeout(15_000);
    const bench = new Bench({ hasAddress: () => Promise.resolve(false) });
    bench.listens = false;
    await bench.parse();
    const ctx = { ...bench.ctx, ssh: () => Promise.reject(new TsmachineError('SSH_REFUSED', 'refused')) };
    const { code, message, hint } = await failureOf(bench.driver.create(bench.data, ctx));
    expect([code, message]).to.deep.equal([
      'DRIVER_FAILED',
      'The host-only adapter "vboxnet0" lost its address 192.168.56.1 3 times while the VM booted',
    ]);
    expect(plain(hint ?? '')).to.contain('tsmachine rm -y m1');
    expect(bench.io.warnings).to.have.length(3);
  });

  it('never touches what somebody else made: an interface, its DHCP server, a VM of Docker Machine elsewhere', async () => {
    const bench = new Bench();
    bench.world.interfaces['vboxnet0'] = { ip: '192.168.56.1', mask: '255.255.255.0' };
    bench.world.dhcp['HostInterfaceNetworking-vboxnet0'] = {
      ip: '192.168.56.50',
      mask: '255.255.255.0',
      lower: '192.168.56.60',
      upper: '192.168.56.70',
      enabled: true,
    };
    const theirs = structuredClone([bench.world.interfaces['vboxnet0'], bench.world.dhcp]);
    await bench.parse({ 'virtualbox-hostonly-cidr': '192.168.56.1/24' });
    await bench.create();
    await bench.driver.remove(bench.data, bench.ctx);
    expect([bench.world.interfaces['vboxnet0'], bench.world.dhcp]).to.deep.equal(theirs);
    await bench.parse();
    await bench.create();
    const old = { ...bench.data, VMId: '', MachineName: 'm1' };
    bench.forget();
    await bench.driver.remove(old, { ...bench.ctx, machineDir: '/elsewhere/m1' });
    expect(Object.keys(bench.world.vms)).to.have.length(1);
  });

  it('ends a VM that ended while it booted with the place of its console', async () => {
    const bench = new Bench();
    bench.listens = false;
    await bench.parse();
    const ctx = { ...bench.ctx, ssh: () => Promise.reject(new TsmachineError('SSH_REFUSED', 'refused')) };
    bench.fault = (call) => {
      if (call.startsWith('guestproperty')) for (const vm of Object.values(bench.world.vms)) vm.state = 'aborted';
      return undefined;
    };
    const failed = await failureOf(bench.driver.create(bench.data, ctx));
    expect(failed.message).to.equal('The VM ended while it booted (aborted)');
    expect(failed.hint).to.match(/console\.log$/);
  });

  it('a VM that ends while it boots, nat-only: VirtualBox opens the forwarded port before anybody listens behind it', async () => {
    const bench = new Bench();
    await bench.parse({ 'virtualbox-nat-only': true });
    let logins = 0;
    const ctx = {
      ...bench.ctx,
      ssh: () => {
        logins += 1;
        if (logins === 2) for (const vm of Object.values(bench.world.vms)) vm.state = 'aborted';
        return Promise.reject(new TsmachineError('SSH_LOST', 'closed'));
      },
    };
    const failed = await failureOf(bench.driver.create(bench.data, ctx));
    expect([failed.message, logins]).to.deep.equal(['The VM ended while it booted (aborted)', 2]);
    expect(failed.hint).to.match(/console\.log$/);
  });
});
