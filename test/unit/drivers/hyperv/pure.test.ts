import { expect } from 'chai';

import { candidates } from '../../../../drivers/hyperv/vm/address.js';
import { readConfig } from '../../../../drivers/hyperv/config.js';
import { hyperv } from '../../../../drivers/hyperv/driver.js';
import module from '../../../../drivers/hyperv/index.js';
import { chooseSwitch } from '../../../../drivers/hyperv/vm/switch.js';
import { ownVm, stateOf } from '../../../../drivers/hyperv/vm/vm.js';
import type { DriverData, FlagValues } from '../../../../src/driver/contract.js';
import { failureOf } from '../../../helpers/failure.js';

const machineDir = '/store/machines/m1';

async function parse(flags: FlagValues = {}): Promise<DriverData> {
  const defaults = Object.fromEntries((await module.describe()).flags.map((flag) => [flag.name, flag.default]));
  return hyperv.parse({ machineName: 'm1', storePath: '/store', machineDir, flags: { ...defaults, ...flags } });
}

const refused = (flags: FlagValues) => failureOf(parse(flags));

describe('hyperv: flags', () => {
  it("write Docker Machine's fields", async () => {
    expect(await parse({ 'hyperv-static-macaddress': '00:15:5d:aa:bb:cc', 'hyperv-vlan-id': 7 })).to.deep.include({
      MachineName: 'm1',
      SSHUser: 'docker',
      SSHPort: 22,
      VSwitch: '',
      DiskSize: 20_000,
      MemSize: 1024,
      CPU: 1,
      MacAddr: '00155DAABBCC',
      VLanID: 7,
      DisableDynamicMemory: false,
      Boot2DockerURL: '',
      Image: 'debian',
    });
  });

  it('of a machine of Docker Machine are read: it has its VM', () => {
    const config = readConfig({ MachineName: 'old', IPAddress: '192.0.2.7', SSHUser: 'docker', VSwitch: 'ext', MemSize: 1024, CPU: 1 });
    expect(config).to.include({ machineName: 'old', built: true, vmId: '', mark: '', image: '', sshPort: 22, virtualSwitch: 'ext' });
  });

  it('refuse what Hyper-V would refuse later', async () => {
    expect((await refused({ 'hyperv-memory': 1025 })).message).to.include('an even number');
    expect((await refused({ 'hyperv-memory': 16 })).message).to.include('--hyperv-memory must be a whole number from 32');
    expect((await refused({ 'hyperv-static-macaddress': '01:15:5d:aa:bb:cc' })).message).to.include('is not the MAC address of an adapter');
    expect((await refused({ 'hyperv-vlan-id': 4095 })).code).to.equal('FLAG_INVALID');
    expect((await refused({ 'hyperv-cpu-count': 0 })).code).to.equal('FLAG_INVALID');
    expect((await refused({ 'hyperv-image': 'debain' })).hint).to.include('Did you mean debian?');
  });
});

describe('hyperv: the switch', () => {
  const standard = { id: 'C08CB7B8-9B3C-408E-8E30-5E16A3AEB444', name: 'Standardswitch', type: 'Internal' };
  const inner = { id: '1', name: 'inner', type: 'Internal' };
  const external = { id: '2', name: 'Uplink', type: 'External' };

  it("is the first external one, else Windows's own, whatever that is called here", () => {
    expect(chooseSwitch('', [standard, inner, external])).to.equal(external);
    expect(chooseSwitch('', [inner, standard])).to.equal(standard);
    expect(chooseSwitch('uplink', [inner, external])).to.equal(external);
    expect(chooseSwitch('inner', [inner, external])).to.equal(inner);
  });

  it('when it is missing those there are are named', async () => {
    const failure = await failureOf((async () => Promise.resolve(chooseSwitch('x', [inner, external])))());
    expect(failure).to.include({ code: 'DRIVER_PRECHECK', message: 'vswitch "x" not found' });
    expect(failure.hint).to.equal('Choose one of "inner" (internal), "Uplink" (external) with --hyperv-virtual-switch');
    expect((await failureOf((async () => Promise.resolve(chooseSwitch('', [inner])))())).message).to.match(/^no External vswitch found\./);
    expect((await failureOf((async () => Promise.resolve(chooseSwitch('', [])))())).hint).to.include('New-VMSwitch');
  });
});

describe('hyperv: whose VM it is', () => {
  const config = readConfig({ MachineName: 'm1', Mark: 'mark-1', VMId: 'id-1' });
  const vm = { id: 'id-1', name: 'm1', notes: '', path: '/elsewhere/m1', state: 'Off', created: '' };
  const own = (other: object) => ownVm(config, machineDir, [{ ...vm, ...other }], 'linux') !== undefined;

  it('goes by its id, its notes or its folder, never by its name alone', () => {
    expect(own({}), 'id').to.equal(true);
    expect(own({ id: 'id-2', notes: 'Made by tsmachine mark-1', name: 'renamed' }), 'notes').to.equal(true);
    expect(own({ id: 'id-2', path: `${machineDir}/m1` }), 'folder').to.equal(true);
    expect(own({ id: 'id-2' }), 'name').to.equal(false);
    expect(own({ id: 'id-2', path: `${machineDir}1/m1` }), 'a folder that begins alike').to.equal(false);
    expect(own({ id: 'id-2', name: 'm2', path: `${machineDir}/m1` }), 'another name').to.equal(false);
    expect(ownVm({ ...config, vmId: '', mark: '' }, machineDir, [vm], 'linux'), 'nothing known').to.equal(undefined);
  });

  it("Hyper-V's states are Docker Machine's", () => {
    const words = ['Running', 'Off', 'Paused', 'Saved', 'Starting', 'Saving', 'RunningCritical', 'Other'];
    expect(words.map((state) => stateOf({ state }))).to.deep.equal([
      'Running',
      'Stopped',
      'Paused',
      'Saved',
      'Starting',
      'Stopping',
      'Running',
      'None',
    ]);
  });
});

describe('hyperv: addresses', () => {
  it('are never link-local; IPv4 comes first', () => {
    expect(
      candidates({
        state: 'Running',
        reported: ['fe80::215:5dff:fe01:203', '169.254.3.4', '2001:db8::7', '192.0.2.7'],
        neighbours: ['192.0.2.7', 'fe80::1%12', 'ff02::1', '192.0.2.9', '224.0.0.22'],
      }),
    ).to.deep.equal(['192.0.2.7', '192.0.2.9', '2001:db8::7']);
  });
});
