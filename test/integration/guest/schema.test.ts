import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { metaData } from '../../../src/guest/meta-data.js';
import { networkConfig } from '../../../src/guest/network-config.js';
import { userData } from '../../../src/guest/user-data.js';
import { newEd25519 } from '../../../src/system/ed25519.js';
import { withCloudInit } from '../../helpers/cloud-init.js';
import { scratch } from '../../helpers/scratch.js';

const hostKey = newEd25519('m1');
const settings = { hostname: 'm1', user: 'docker', authorizedKeys: [hostKey.public], hostKey };
const check = ['-m', 'cloudinit.cmd.main', 'schema', '--config-file', 'file'];

describe('cloud-init itself', () => {
  const accepted: [string, string][] = [
    ['a guest', userData(settings)],
    ['a guest whose login is root', userData({ ...settings, user: 'root' })],
    [
      'a guest that mounts a folder',
      userData({ ...settings, mounts: [{ source: 'Users', path: '/Users', type: 'vboxsf', options: ['uid=1000'] }] }),
    ],
    ['a guest that installs packages', userData({ ...settings, packages: ['docker.io'] })],
  ];
  for (const [what, text] of accepted) {
    it(`accepts the user-data of ${what}, and finds nothing deprecated in it`, function () {
      const dir = scratch();
      writeFileSync(join(dir, 'file'), text);
      const { status, output } = withCloudInit(this, check, dir);
      expect({ status, output: output.trim() }).to.deep.equal({ status: 0, output: 'Valid cloud-config: file' });
    });
  }

  it('refuses what is wrong', function () {
    const dir = scratch();
    writeFileSync(join(dir, 'file'), userData(settings).replace('"ssh_pwauth": false', '"ssh_pwauth": 5'));
    const { status, output } = withCloudInit(this, check, dir);
    expect(status).to.equal(1);
    expect(output).to.contain('ssh_pwauth');
  });

  it('reads the meta-data as it was meant', function () {
    const dir = scratch();
    writeFileSync(join(dir, 'file'), metaData({ instanceId: 'tsmachine-1', hostname: 'm1' }));
    const program = 'import json; from cloudinit import util; print(json.dumps(util.load_yaml(open("file").read())))';
    expect(JSON.parse(withCloudInit(this, ['-c', program], dir).output)).to.deep.equal({
      'instance-id': 'tsmachine-1',
      'local-hostname': 'm1',
    });
  });

  it('configures adapters by their addresses, for every way in which guests set up a network', function () {
    const text = networkConfig([
      { mac: '080027A1B2C3' },
      { mac: '08-00-27-a1-b2-c4', addresses: ['192.168.99.100/24'], gateway: '192.168.99.1', nameservers: ['192.168.99.1'] },
    ]);
    const rendered = (kind: string) => {
      const dir = scratch();
      writeFileSync(join(dir, 'file'), text);
      const args = [
        '-p',
        'file',
        '-k',
        'yaml',
        '-d',
        'out',
        '-D',
        'debian',
        '-O',
        kind,
        '-m',
        'enp0s3,08:00:27:a1:b2:c3',
        '-m',
        'enp0s8,08:00:27:a1:b2:c4',
      ];
      const program =
        'import sys; from cloudinit.cmd.devel import net_convert as n; from cloudinit.net import network_state as s; ' +
        'names = {"08:00:27:a1:b2:c3": "enp0s3", "08:00:27:a1:b2:c4": "enp0s8"}; s.get_interfaces_by_mac = lambda: ' +
        'names; s.find_interface_name_from_mac = names.get; ' +
        'n.handle_args("net-convert", n.get_parser().parse_args(sys.argv[1:]))';
      expect(withCloudInit(this, ['-c', program, ...args], dir)).to.include({ status: 0 });
      const out = join(dir, 'out');
      const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).join('\n');
    };
    expect(rendered('netplan')).to.match(/adapter0:[^]*08:00:27:a1:b2:c3[^]*adapter1:[^]*192\.168\.99\.100\/24[^]*08:00:27:a1:b2:c4/);
    expect(rendered('networkd'))
      .to.contain('MACAddress=08:00:27:a1:b2:c4\nName=enp0s8')
      .and.to.contain('Address=192.168.99.100/24')
      .and.to.contain('Gateway=192.168.99.1');
    expect(rendered('eni'))
      .to.contain('iface enp0s3 inet dhcp')
      .and.to.contain('iface enp0s8 inet static')
      .and.to.contain('address 192.168.99.100/24');
  });
});
