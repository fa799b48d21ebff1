import { expect } from 'chai';

import { checkConfig } from '../../../../drivers/virtualbox/check.js';
import { failureOf } from '../../../helpers/failure.js';
import { Bench } from './bench.js';

const machineDir = '/store/machines/m1';
const dockerMachine = {
  IPAddress: '192.168.99.100',
  MachineName: 'vb1',
  SSHUser: 'docker',
  SSHPort: 35_623,
  SSHKeyPath: `${machineDir}/id_rsa`,
  StorePath: '/store',
  SwarmMaster: false,
  SwarmHost: 'tcp://0.0.0.0:3376',
  SwarmDiscovery: '',
  VBoxManager: {},
  HostInterfaces: {},
  CPU: 1,
  Memory: 1024,
  DiskSize: 20_000,
  NatNicType: '82540EM',
  Boot2DockerURL: '',
  Boot2DockerImportVM: '',
  HostDNSResolver: false,
  HostOnlyCIDR: '192.168.99.1/24',
  HostOnlyNicType: '82540EM',
  HostOnlyPromiscMode: 'deny',
  UIType: 'headless',
  HostOnlyNoDHCP: false,
  NoShare: false,
  DNSProxy: true,
  NoVTXCheck: true,
  ShareFolder: '',
};
const id = '5a1d6a20-4669-415a-8a1d-6a2046691501';

describe('virtualbox: data that comes from disk', () => {
  it('of Docker Machine, and of a machine that was just made, passes; so do fields that are not ours', async () => {
    checkConfig(dockerMachine, { machineDir });
    checkConfig({ Strange: [1] }, { machineDir });
    const bench = new Bench();
    await bench.parse();
    bench.driver.check(bench.data, bench.ctx);
    await bench.create();
    bench.driver.check(bench.data, bench.ctx);
  });

  it('of an imported boot2docker VM may have the key in the home folder', async () => {
    const imported = { Boot2DockerImportVM: 'boot2docker-vm', SSHKeyPath: '/home/u/.ssh/id_boot2docker' };
    checkConfig(imported, { machineDir });
    for (const data of [
      { ...imported, Boot2DockerImportVM: '' },
      { ...imported, SSHKeyPath: '/home/u/.ssh/id_rsa' },
    ])
      expect((await failureOf(() => checkConfig(data, { machineDir }))).message).to.match(/^Driver\.SSHKeyPath /);
  });

  const accepted: Record<string, unknown[]> = {
    Image: ['debian', 'ubuntu-24.04', 'of-a-newer-version', '/images/a b.vmdk', `https://example.com/a.img#sha256:${'0'.repeat(64)}`],
    Boot2DockerURL: ['/b2d.iso', './b2d.iso', 'https://example.com/b2d.iso', 'file:///b2d.iso'],
    ShareFolder: ['/srv/a:b', 'C:\\a:b', '/srv/a..b'],
    VMId: ['', id],
    MachineName: ['a..b', 'M-1'],
  };
  for (const [field, values] of Object.entries(accepted)) {
    for (const value of values) {
      it(`accepts ${field} ${JSON.stringify(value)}`, () => {
        checkConfig({ [field]: value }, { machineDir });
      });
    }
  }

  const refused: Record<string, unknown[]> = {
    IPAddress: [5, '-x', 'a b', '1.2.3.4;x'],
    MachineName: ['-x', '../x', 'a/b', '', 7],
    SSHUser: ['-l', 'a b', 'a@b'],
    SSHPort: [-1, 99_999, 1.5, '22'],
    SSHKeyPath: ['/etc/key', `${machineDir}/../m2/id`, 'id_rsa', machineDir],
    VBoxManager: ['x', []],
    CPU: [-2, 65, '1'],
    Memory: [3, 1e9, null],
    DiskSize: [0, '20000'],
    NatNicType: ['x', '', 3],
    HostOnlyNicType: ['--nic3'],
    HostOnlyPromiscMode: ['allow'],
    UIType: ['vnc', '--type'],
    HostOnlyCIDR: ['x', '192.168.99.0/24', 5],
    Boot2DockerURL: ['-x', 'https://', 5, 'a\nb'],
    Boot2DockerImportVM: ['--long', 5],
    ShareFolder: ['-x', '/a:../etc', '/a/../b:c', '/a:-o'],
    Image: ['../x', 'a/b', 'https://example.com/a.img', '-x', 5],
    VMId: ['vm1', `${id}0`, '--all', `${id}/..`],
    BaseDisk: ['base.vdi', '--delete', 5],
    Built: ['yes', 1],
    DNSProxy: ['true'],
    EnginePort: [65_536, '2376'],
  };
  for (const [field, values] of Object.entries(refused)) {
    for (const value of values) {
      it(`refuses ${field} ${JSON.stringify(value)}`, async () => {
        const { code, message } = await failureOf(() => {
          checkConfig({ [field]: value }, { machineDir });
        });
        expect(code).to.equal('CONFIG_UNREADABLE');
        expect(message).to.match(new RegExp(`^Driver\\.${field} `));
      });
    }
  }
});
