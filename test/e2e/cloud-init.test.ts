import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { GuestKeys } from '../../src/base/guest.js';
import { ensureGuestKeys } from '../../src/guest/keys.js';
import { metaData } from '../../src/guest/meta-data.js';
import { writeSeed } from '../../src/guest/seed.js';
import { userData } from '../../src/guest/user-data.js';
import { silentIo } from '../../src/base/io.js';
import { connect } from '../../src/ssh/dial/connect.js';
import { failureOf } from '../helpers/failure.js';
import { openLab, type Lab, type LabHost } from '../helpers/lab.js';
import { scratch } from '../helpers/scratch.js';

/** The stages in which cloud-init works while a host boots. */
const stages = ['init --local', 'init', 'modules --mode=config', 'modules --mode=final'];

/** The lab sets up the network itself, and here nothing has searched for clouds during the boot. */
const labSettings = 'network: {config: disabled}\nwarnings: {dsid_missing_source: off}\n';

describe('a guest that got our seed', () => {
  let lab: Lab;
  let host: LabHost;
  let keys: GuestKeys;
  let dir: string;

  before(async () => {
    lab = await openLab();
    host = await lab.host('guest-seeded');
    dir = scratch();
    keys = await ensureGuestKeys(join(dir, 'web1'), 'web1');
    await writeSeed(
      join(dir, 'seed.iso'),
      {
        userData: userData({ hostname: 'web1', user: 'docker', authorizedKeys: [keys.loginPublic], hostKey: keys.hostKey }),
        metaData: metaData({ instanceId: 'web1-1', hostname: 'web1' }),
      },
      new Date(),
    );
    execFileSync('bsdtar', ['-xf', join(dir, 'seed.iso'), '-C', dir]);
    await host.run('apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends cloud-init sudo');
    await host.run('mkdir -p /var/lib/cloud/seed/nocloud && cat >/etc/cloud/cloud.cfg.d/98-lab.cfg', { input: labSettings });
    for (const name of ['user-data', 'meta-data']) {
      await host.run(`cat >/var/lib/cloud/seed/nocloud/${name}`, { input: readFileSync(join(dir, name), 'utf8') });
    }
    for (const stage of stages) await host.run(`cloud-init ${stage} </dev/null`, { ok: [0, 2] });
  });

  after(async () => {
    await lab.close();
  });

  it('had nothing to complain about', async () => {
    const { stdout } = await host.run('grep -hE "WARNING|ERROR|Traceback" /var/log/cloud-init.log || true');
    expect(stdout).to.equal('');
  });

  it('has the host key that was pinned before, no other, and lets in the key of its machine, which may do everything', async () => {
    await host.run('systemctl restart ssh');
    await host.disconnect();
    const endpoint = { host: host.ip, port: 22, user: 'docker', keyPath: keys.loginKeyPath };
    const options = { machine: 'web1', unknownHostKey: 'refuse', io: silentIo, signal: new AbortController().signal } as const;
    const connection = await connect(endpoint, { ...options, knownHostsFile: join(dir, 'web1', 'known_hosts') });
    try {
      const { stdout } = await connection.exec(
        'sudo -n id -un; id -Gn; hostname; ls /etc/ssh/ssh_host_*_key; sudo -n cat /etc/cloud/cloud.cfg.d/99-tsmachine.cfg',
      );
      expect(stdout.trim().split('\n')).to.deep.equal([
        'root',
        'users docker',
        'web1',
        '/etc/ssh/ssh_host_ed25519_key',
        'datasource_list: [NoCloud]',
      ]);
      expect((await connection.exec('sudo -n grep ^docker: /etc/shadow')).stdout).to.match(/^docker:!/);
    } finally {
      await connection.close();
    }

    await ensureGuestKeys(join(dir, 'other'), 'web1');
    expect(await failureOf(connect(endpoint, { ...options, knownHostsFile: join(dir, 'other', 'known_hosts') }))).to.include({
      code: 'SSH_HOST_KEY_CHANGED',
    });
  });
});
