import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { ensureGuestKeys } from '../../../src/guest/keys.js';
import { readHostKeys } from '../../../src/ssh/trust/known-hosts.js';
import { publicKey } from '../../../src/ssh/keys/keys.js';
import { scratch } from '../../helpers/scratch.js';

describe('the keys of a guest', () => {
  it("are made once, closed to others, and the host key is pinned under the machine's name", async () => {
    const dir = join(scratch(), 'machines', 'Web1');
    const keys = await ensureGuestKeys(dir, 'Web1');
    expect(keys.loginKeyPath).to.equal(join(dir, 'id_ed25519'));
    expect(keys.loginPublic).to.equal((await publicKey(keys.loginKeyPath)).trim());
    expect(keys.hostKey.private).to.match(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    const modes = ['id_ed25519', 'ssh_host_ed25519_key', 'known_hosts'].map((name) => statSync(join(dir, name)).mode & 0o777);
    expect(modes).to.deep.equal([0o600, 0o600, 0o600]);
    const [type, base64] = keys.hostKey.public.split(' ');
    expect(await readHostKeys(join(dir, 'known_hosts'), { host: 'Web1' })).to.deep.equal([{ type, base64 }]);
    expect(readFileSync(join(dir, 'known_hosts'), 'utf8')).to.match(/^web1 ssh-ed25519 \S+\n$/);
    expect(await ensureGuestKeys(dir, 'Web1')).to.deep.equal(keys);
    expect(keys.loginPublic).not.to.contain(base64 ?? '');
  });

  it('stay when only the pin was lost', async () => {
    const dir = scratch();
    const keys = await ensureGuestKeys(dir, 'm1');
    const pinned = readFileSync(join(dir, 'known_hosts'), 'utf8');
    rmSync(join(dir, 'known_hosts'));
    expect(await ensureGuestKeys(dir, 'm1')).to.deep.equal(keys);
    expect(readFileSync(join(dir, 'known_hosts'), 'utf8')).to.equal(pinned);
  });
});
