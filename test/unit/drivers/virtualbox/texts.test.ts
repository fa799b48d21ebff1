import { join } from 'node:path';
import { expect } from 'chai';

import { addressIn, byNeighbours, hostOnlyAdapter } from '../../../../drivers/virtualbox/vm/address.js';
import { blocks } from '../../../../drivers/virtualbox/program/blocks.js';
import { parseCidr, parseHostCidr } from '../../../../drivers/virtualbox/network/host-cidr.js';
import { windowsProgram } from '../../../../drivers/virtualbox/computer.js';
import { parseConfig, readConfig } from '../../../../drivers/virtualbox/config.js';
import { dhcpSettings } from '../../../../drivers/virtualbox/network/dhcp.js';
import virtualbox from '../../../../drivers/virtualbox/index.js';
import { allowedRanges, freeNetwork, isAllowed } from '../../../../drivers/virtualbox/network/ranges.js';
import { mountOf, shareOf } from '../../../../drivers/virtualbox/disks/share.js';
import { parseVersion, spelled } from '../../../../drivers/virtualbox/program/version.js';
import { parseVmInfo, stateOf } from '../../../../drivers/virtualbox/vm/vm.js';
import type { FlagValues } from '../../../../src/driver/contract.js';
import { failureOf } from '../../../helpers/failure.js';

const { flags: specs } = await virtualbox.describe();
const parse = (flags: FlagValues = {}) =>
  parseConfig({
    machineName: 'm1',
    storePath: '/store',
    machineDir: '/store/machines/m1',
    flags: { ...Object.fromEntries(specs.map((flag) => [flag.name, flag.default])), ...flags },
  });
const v72 = { text: '7.2.22', major: 7, minor: 2, patch: 22, withoutModule: false };
const v61 = { text: '6.1.50', major: 6, minor: 1, patch: 50, withoutModule: false };

describe('virtualbox: flags', () => {
  it("become Docker Machine's fields and come back", () => {
    const data = parse({ 'virtualbox-memory': 2048, 'virtualbox-no-dns-proxy': true, 'virtualbox-image': './disk.vmdk' });
    expect(Object.keys(data).slice(0, 12)).to.deep.equal([
      'IPAddress',
      'MachineName',
      'SSHUser',
      'SSHPort',
      'SSHKeyPath',
      'StorePath',
      'SwarmMaster',
      'SwarmHost',
      'SwarmDiscovery',
      'VBoxManager',
      'HostInterfaces',
      'CPU',
    ]);
    expect(data).to.include({ Memory: 2048, DNSProxy: false, HostOnlyCIDR: '192.168.99.1/24', UIType: 'headless', SSHUser: 'docker' });
    expect(readConfig(data)).to.include({ memory: 2048, dnsProxy: false, image: join(process.cwd(), 'disk.vmdk'), built: false, vmId: '' });
  });

  it('of a machine that Docker Machine made: its VM is there, known by name', () => {
    expect(readConfig({ MachineName: 'vb1', SSHPort: 35_623, Memory: 1024 })).to.include({
      built: true,
      vmId: '',
      image: '',
      machineName: 'vb1',
      natOnly: false,
    });
  });

  const rows: [FlagValues, RegExp][] = [
    [{ 'virtualbox-hostonly-cidr': '192.168.99.0/24' }, /^host-only cidr must be specified with a host address, not a network address$/],
    [{ 'virtualbox-hostonly-cidr': 'x' }, /^invalid CIDR address: x$/],
    [{ 'virtualbox-ui-type': 'vnc' }, /^--virtualbox-ui-type must be one of gui, sdl, headless, separate, not "vnc"$/],
    [{ 'virtualbox-nat-nictype': 'x' }, /^--virtualbox-nat-nictype must be one of/],
    [{ 'virtualbox-cpu-count': 65 }, /^--virtualbox-cpu-count must be a whole number from -1 to 64/],
    [{ 'virtualbox-image': 'debain' }, /^--virtualbox-image "debain" is not the name of an image$/],
    [{ 'virtualbox-image': 'https://example.com/a.vmdk' }, /has no checksum$/],
  ];
  for (const [flags, message] of rows) {
    it(`refuse ${JSON.stringify(flags)}`, async () => {
      expect(await failureOf(() => parse(flags)))
        .to.have.property('message')
        .match(message);
    });
  }
});

describe('virtualbox: versions', () => {
  it('are read below complaints', () => {
    expect(
      parseVersion('WARNING: The character device /dev/vboxdrv does not exist.\n\t Please install\n7.2.22_Debianr175245\n'),
    ).to.deep.equal({
      text: '7.2.22_Debianr175245',
      major: 7,
      minor: 2,
      patch: 22,
      withoutModule: true,
    });
    expect(parseVersion('7.0.26r168464\n')).to.include({ minor: 0, withoutModule: false });
    expect(parseVersion('no version')).to.equal(undefined);
  });

  it('before 7 write the options of modifyvm without dashes', () => {
    const args = ['modifyvm', 'a-b', '--nat-dns-proxy1', 'on', '--uart-mode1', 'file', '/a-b--c'];
    expect(spelled(args, v61)).to.deep.equal(['modifyvm', 'a-b', '--natdnsproxy1', 'on', '--uartmode1', 'file', '/a-b--c']);
    expect(spelled(args, v72)).to.equal(args);
    expect(spelled(['createvm', '--platform-architecture', 'arm'], v61)).to.include('--platform-architecture');
  });
});

describe('virtualbox: host-only ranges', () => {
  const cidr = (text: string) => parseHostCidr(text);
  const allows = (text: string, conf?: string, version = v72, platform = 'linux') =>
    isAllowed(cidr(text), allowedRanges(version, platform, conf));

  it('are 192.168.56.0/21 since 6.1.28, all before and on Windows, and what networks.conf says', () => {
    expect([allows('192.168.56.1/24'), allows('192.168.63.1/24'), allows('192.168.64.1/24'), allows('192.168.99.1/24')]).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    expect([allows('192.168.99.1/24', undefined, { ...v61, patch: 26 }), allows('192.168.99.1/24', undefined, v72, 'win32')]).to.deep.equal(
      [true, true],
    );
    expect([
      allows('10.1.2.1/24', '# all\n* 10.0.0.0/8 192.168.0.0/16\n* 2001::/64\n'),
      allows('172.16.0.1/24', '* 10.0.0.0/8\n'),
    ]).to.deep.equal([true, false]);
    expect(allows('172.16.0.1/24', '* 0.0.0.0/0 ::/0\n')).to.equal(true);
  });

  it('are searched for a free network', async () => {
    const taken = ['192.168.56.1/24', '192.168.57.9/23', '10.0.0.1/8'].flatMap((text) => parseCidr(text) ?? []);
    expect(freeNetwork(allowedRanges(v72, 'linux', undefined), taken)).to.include({ ip: '192.168.58.1', prefix: 24 });
    expect((await failureOf(() => freeNetwork(allowedRanges(v72, 'linux', '* 10.0.0.0/16\n'), taken))).hint).to.contain(
      '--virtualbox-nat-only',
    );
  });

  it("have a DHCP server beside this computer's address", () => {
    expect(dhcpSettings(cidr('192.168.99.1/24'))).to.deep.equal({
      ip: '192.168.99.2',
      mask: '255.255.255.0',
      lower: '192.168.99.100',
      upper: '192.168.99.254',
    });
    expect(dhcpSettings(cidr('192.168.99.2/24')).ip).to.equal('192.168.99.3');
    expect(dhcpSettings(cidr('192.168.61.129/26'))).to.deep.equal({
      ip: '192.168.61.130',
      mask: '255.255.255.192',
      lower: '192.168.61.131',
      upper: '192.168.61.190',
    });
  });
});

describe('virtualbox: what programs print', () => {
  it('showvminfo', () => {
    const facts = parseVmInfo(
      'name="a=b"\nmemory=2048\n"SATA-0-0"="/x y/d.vdi"\n rec_screen0\nVMState="running"\nhostonlyadapter2="vboxnet0"\nmacaddress2="080027AABBCD"\n',
    );
    expect(Object.fromEntries(facts)).to.include({ name: 'a=b', memory: '2048', 'SATA-0-0': '/x y/d.vdi' });
    expect(hostOnlyAdapter(facts)).to.deep.equal({
      index: '2',
      host: 'vboxnet0',
      mac: '080027aabbcd',
      network: 'HostInterfaceNetworking-vboxnet0',
    });
    const states = ['running', 'paused', 'saved', 'poweroff', 'aborted', 'gurumeditation', 'teleporting'];
    expect(states.map((state) => stateOf(new Map([['VMState', state]])))).to.deep.equal([
      'Running',
      'Paused',
      'Saved',
      'Stopped',
      'Stopped',
      'Error',
      'None',
    ]);
  });

  it('lists', () => {
    const [first, second, ...more] = blocks(
      'Name:            vboxnet0\nIPAddress:       192.168.56.1\nVBoxNetworkName: H-vboxnet0\n\r\nName: b\n    option: x\nName: c\n\n\n',
    );
    expect([first?.get('VBoxNetworkName'), second?.get('Name'), more.length]).to.deep.equal(['H-vboxnet0', 'b', 0]);
  });

  it('ip addr, and the neighbours of Linux, macOS and Windows', () => {
    const ip =
      '2: a: <UP>\n    link/ether 08:00:27:00:00:01 brd ff\n    inet 10.0.2.15/24 x\n3: b: <UP>\n    link/ether 08:00:27:aa:bb:0d brd ff\n    inet6 fe80::1/64\n    inet 192.168.56.101/24 brd\n';
    expect([addressIn(ip, '080027aabb0d'), addressIn(ip, '080027000001'), addressIn(ip, '080027000002')]).to.deep.equal([
      '192.168.56.101',
      '10.0.2.15',
      undefined,
    ]);
    const tables = [
      'IP address       HW type     Flags       HW address            Mask     Device\n192.168.56.101   0x1         0x2         08:00:27:aa:bb:0d     *        vboxnet0\n',
      '? (192.168.56.101) at 8:0:27:aa:bb:d on vboxnet0 ifscope [ethernet]\n',
      '  192.168.56.101        08-00-27-aa-bb-0d     dynamic\r\n',
    ];
    for (const table of tables)
      expect([byNeighbours('080027aabb0d', table), byNeighbours('080027aabb0e', table)]).to.deep.equal(['192.168.56.101', undefined]);
  });
});

describe('virtualbox: this computer', () => {
  it('shares the homes, or the folder that was asked for', async () => {
    const config = (flags: FlagValues = {}) => readConfig(parse(flags));
    const iso = { 'virtualbox-boot2docker-url': 'https://example.com/b2d.iso' };
    const there = { exists: () => Promise.resolve(true) };
    expect(await shareOf(config(), 'darwin', there)).to.deep.equal({ name: 'Users', path: '/Users' });
    expect(mountOf({ name: 'c/Users', path: 'x' })).to.include({ source: 'c/Users', path: '/c/Users', type: 'vboxsf' });
    expect(await shareOf(config(iso), 'linux', there)).to.deep.equal({ name: 'hosthome', path: '/home' });
    expect(await shareOf(config(iso), 'win32', there)).to.deep.equal({ name: 'c/Users', path: '\\\\?\\c:\\Users' });
    expect(await shareOf(config(iso), 'darwin', { exists: () => Promise.resolve(false) })).to.equal(undefined);
    expect(await shareOf(config({ ...iso, 'virtualbox-no-share': true }), 'linux', there)).to.equal(undefined);
    for (const [text, path, name] of [
      ['/srv/a:b', '/srv/a', 'b'],
      ['/srv/a:', '/srv/a', 'srv/a'],
      ['/srv/a', '/srv/a', 'srv/a'],
      ['C:\\a:b', 'C:\\a', 'b'],
    ] as const) {
      expect(await shareOf(config({ 'virtualbox-share-folder': text }), 'linux', there), text).to.deep.equal({ path, name });
    }
  });

  it('has VBoxManage.exe where the installer of Windows says, or its registry, or on the PATH', async () => {
    const at = join('C:', 'VBox', 'VBoxManage.exe');
    const asked: string[] = [];
    const registry = (stdout: string) => ({
      exec: (file: string, args: readonly string[]) => {
        asked.push([file, ...args].join(' '));
        return Promise.resolve({ exitCode: stdout === '' ? 1 : 0, stdout, stderr: '' });
      },
    });
    const isThere = (path: string) => path === at;
    expect(await windowsProgram({ VBOX_MSI_INSTALL_PATH: join('C:', 'VBox') }, registry(''), isThere)).to.equal(at);
    expect(asked).to.deep.equal([]);
    const said = `\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Oracle\\VirtualBox\r\n    InstallDir    REG_SZ    ${join('C:', 'VBox')}\r\n\r\n`;
    expect(await windowsProgram({}, registry(said), isThere)).to.equal(at);
    expect(asked).to.deep.equal(['reg query HKLM\\SOFTWARE\\Oracle\\VirtualBox /v InstallDir']);
    expect(await windowsProgram({}, registry(said), () => false)).to.equal('VBoxManage');
    expect(await windowsProgram({}, registry(''), () => true)).to.equal('VBoxManage');
  });
});
