import { expect } from 'chai';

import { guestHostName } from '../../../src/guest/host-name.js';
import { metaData } from '../../../src/guest/meta-data.js';
import { userData, type GuestSettings } from '../../../src/guest/user-data.js';
import { failureOf } from '../../helpers/failure.js';

const settings: GuestSettings = {
  hostname: 'm1',
  user: 'docker',
  authorizedKeys: ['ssh-ed25519 AAAA me\n'],
  hostKey: { private: 'PRIVATE', public: 'ssh-ed25519 BBBB m1\n' },
};

function read(text: string): Record<string, unknown> {
  const [head, ...rest] = text.split('\n');
  expect(head).to.equal('#cloud-config');
  return JSON.parse(rest.join('\n')) as Record<string, unknown>;
}

describe('user-data', () => {
  it('makes the login with its key and sudo, and closes passwords', () => {
    const config = read(userData(settings));
    expect(config['users']).to.deep.equal([
      {
        name: 'docker',
        shell: '/bin/bash',
        groups: ['docker'],
        no_user_group: true,
        lock_passwd: true,
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        ssh_authorized_keys: ['ssh-ed25519 AAAA me'],
      },
    ]);
    expect(config).to.include({ hostname: 'm1', preserve_hostname: false, ssh_pwauth: false, disable_root: true, resize_rootfs: true });
  });

  it("brings the host key and removes the image's own", () => {
    const config = read(userData(settings));
    expect(config['ssh_keys']).to.deep.equal({ ed25519_private: 'PRIVATE\n', ed25519_public: 'ssh-ed25519 BBBB m1' });
    expect(config['ssh_deletekeys']).to.equal(true);
  });

  it('lets root in where root is the login', () => {
    const config = read(userData({ ...settings, user: 'root' }));
    expect(config).to.include({ disable_root: false });
    expect(config['users']).to.deep.equal([{ name: 'root', ssh_authorized_keys: ['ssh-ed25519 AAAA me'] }]);
  });

  it('installs packages only when there are any', () => {
    expect(read(userData(settings))).not.to.have.any.keys('packages', 'package_update');
    expect(read(userData({ ...settings, packages: ['docker.io'] }))).to.deep.include({ packages: ['docker.io'], package_update: true });
  });

  it('mounts folders of the hypervisor at every boot, and goes on where it cannot', () => {
    const config = read(
      userData({ ...settings, mounts: [{ source: 'c/My Files', path: '/c/My Files', type: 'vboxsf', options: ['uid=1000'] }] }),
    );
    expect((config['write_files'] as unknown[])[1]).to.deep.equal({
      path: '/etc/fstab',
      append: true,
      content: 'c/My\\040Files /c/My\\040Files vboxsf nofail,x-systemd.automount,uid=1000 0 0\n',
    });
    expect(config['runcmd']).to.deep.equal([['mkdir', '-p', '/c/My Files'], ['mount', '/c/My Files'], ['true']]);
    expect(read(userData(settings))).not.to.have.property('runcmd');
  });

  it('keeps later boots from asking clouds', () => {
    expect(read(userData(settings))['write_files']).to.deep.equal([
      { path: '/etc/cloud/cloud.cfg.d/99-tsmachine.cfg', content: 'datasource_list: [NoCloud]\n', permissions: '0644', owner: 'root:root' },
    ]);
  });

  it('refuses names that a guest cannot have', async () => {
    for (const user of ['', 'a b', 'Ann', '-x', 'a:b', 'x'.repeat(33)]) {
      expect(await failureOf(() => userData({ ...settings, user })), user).to.include({ code: 'FLAG_INVALID' });
    }
    for (const hostname of ['', '-a', 'a-', 'a..b', 'a.b.', 'a_b', 'x'.repeat(64)]) {
      expect(await failureOf(() => userData({ ...settings, hostname })), hostname).to.include({ code: 'FLAG_INVALID' });
    }
  });
});

describe('the host name of a guest', () => {
  it("is the machine's, where that can be one", () => {
    for (const name of ['web1', 'Web-1', 'a.example', 'x'.repeat(63)]) expect(guestHostName(name)).to.equal(name);
  });

  it('is always one that a guest can have', () => {
    for (const name of ['a-', 'a.-b', 'a..b.', 'x'.repeat(200), `${'x'.repeat(62)}.y`, '-', '..']) {
      expect(() => userData({ ...settings, hostname: guestHostName(name) }), name).not.to.throw();
    }
    expect([guestHostName('a.-b'), guestHostName('x'.repeat(200)), guestHostName('..')]).to.deep.equal(['a.b', 'x'.repeat(63), 'machine']);
  });
});

describe('meta-data', () => {
  it('names the instance and its host name', () => {
    expect(JSON.parse(metaData({ instanceId: 'i-1', hostname: 'm1' }))).to.deep.equal({ 'instance-id': 'i-1', 'local-hostname': 'm1' });
  });
});
