import { expect } from 'chai';

import { hyperv } from '../../../../drivers/hyperv/driver.js';
import module from '../../../../drivers/hyperv/index.js';
import type { DriverData } from '../../../../src/driver/contract.js';
import { failureOf } from '../../../helpers/failure.js';

const machineDir = '/store/machines/m1';

async function parse(): Promise<DriverData> {
  const defaults = Object.fromEntries((await module.describe()).flags.map((flag) => [flag.name, flag.default]));
  return hyperv.parse({ machineName: 'm1', storePath: '/store', machineDir, flags: defaults });
}

const id = '11111111-2222-4333-8444-555555555555';

/** By field, what nobody may make of it. */
const hostile: Readonly<Record<string, readonly unknown[]>> = {
  IPAddress: ['-oProxyCommand=x', '1.2.3.4/../x', 7],
  MachineName: ['..', '../m2', '-m1', '', 'a/b'],
  SSHUser: ['-oProxyCommand=x', 'a b', 'root@host'],
  SSHPort: [99_999, -1, '22'],
  SSHKeyPath: ['/root/.ssh/id_rsa', '/store/machines/m1/../m2/id_ed25519', 'id_ed25519'],
  StorePath: [7, 'a\nb'],
  SwarmMaster: ['true'],
  SwarmHost: [1],
  SwarmDiscovery: ['\u001b[2J'],
  Boot2DockerURL: [false, 'https://:x', 'a\u0000b'],
  VSwitch: ['a\nb', 1],
  DiskSize: [0, 1.5, '20000', 67_108_865],
  MemSize: [31, -2, null, 251_658_241],
  CPU: [0, 2049, '1'],
  MacAddr: ['00155D', '00155D01020G', 7],
  VLanID: [-1, 4095],
  DisableDynamicMemory: [1],
  DisableSecureBoot: ['no'],
  Image: ['../disk.vhdx', '-x', 'a/b', 'https://host/disk.vhdx', 'a..b'],
  Mark: ['*', '../x', 7],
  VMId: ['x', `${id}'; Remove-VM *`],
  EngineAtBoot: [0],
  BaseDisk: ['disk.vhdx', 7],
  Built: ['yes'],
};

describe('hyperv: data from disk', () => {
  it('passes as tsmachine writes it, before and after there is a VM, and as Docker Machine wrote it', async () => {
    const data = await parse();
    hyperv.check(data, { machineDir });
    hyperv.check(
      { ...data, Mark: id, VMId: id, BaseDisk: '/store/cache/hyperv/a.vhdx', Built: true, IPAddress: '2001:db8::7' },
      { machineDir },
    );
    hyperv.check(
      {
        MachineName: 'm1',
        SSHUser: 'docker',
        SSHPort: 22,
        SSHKeyPath: `${machineDir}/id_rsa`,
        StorePath: '/store',
        Boot2DockerURL: 'b2d.iso',
        VSwitch: 'Default Switch',
        MacAddr: '00:15:5d:01:02:03',
        Foreign: { any: ['thing'] },
      },
      { machineDir },
    );
  });

  it('has a rule for every field', async () => {
    expect(Object.keys(hostile).sort()).to.deep.equal(Object.keys(await parse()).sort());
  });

  for (const [field, values] of Object.entries(hostile)) {
    for (const value of values) {
      it(`is refused with Driver.${field} ${JSON.stringify(value)}`, async () => {
        const data = { ...(await parse()), [field]: value };
        const failure = await failureOf(() => {
          hyperv.check(data, { machineDir });
        });
        expect(failure.code).to.equal('CONFIG_UNREADABLE');
        expect(failure.message).to.match(new RegExp(`^Driver\\.${field} `));
      });
    }
  }
});
