import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { guestFiles } from '../../../src/base/guest.js';
import type { RemoteShell } from '../../../src/base/shell.js';
import { ensureGuestKeys, isHostKeyExposed, noteHostKeyExposed } from '../../../src/guest/keys.js';
import { renewHostKey, type Login } from '../../../src/guest/host-key-renewal.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

const keyOf = (line: string) => line.split(/\s+/).slice(0, 2).join(' ');

/** A guest with one host key: a login fails unless known_hosts has it, as with ssh. */
class Guest {
  readonly machineDir = scratch();
  readonly machineName = 'm1';
  hostKey = '';
  readonly scripts: Readonly<Record<string, string>>[] = [];
  logins = 0;
  /** What goes wrong, before (1) the key is changed, (2) the answer arrives, (3) the second login. */
  failAt: 1 | 2 | 3 | undefined;
  refuses = false;

  async make(): Promise<void> {
    this.hostKey = keyOf((await ensureGuestKeys(this.machineDir, this.machineName)).hostKey.public);
    await noteHostKeyExposed(this.machineDir);
  }

  readonly login: Login = async (use) => {
    this.logins += 1;
    if (this.failAt === 3 && this.logins === 2) throw new TsmachineError('SSH_UNREACHABLE', 'gone');
    if (!this.pins.includes(this.hostKey)) throw new TsmachineError('SSH_HOST_KEY_CHANGED', 'another key');
    return use(this.shell);
  };

  renew(): Promise<void> {
    this.logins = 0;
    return renewHostKey(this.login, this);
  }

  get pins(): string[] {
    const lines = this.read(guestFiles.knownHosts).trim().split('\n');
    for (const line of lines) expect(line).to.match(/^m1 ssh-ed25519 \S+$/);
    return lines.map((line) => line.replace('m1 ', ''));
  }

  read(name: string): string {
    return readFileSync(join(this.machineDir, name), 'utf8');
  }

  private readonly shell: RemoteShell = {
    exec: () => Promise.resolve({ exitCode: 0, stdout: '', stderr: '' }),
    rootScript: (template, variables = {}) => {
      expect(template).to.equal('guest/renew-host-key.sh');
      this.scripts.push(variables);
      if (this.refuses) return Promise.resolve({ exitCode: 40, stdout: '', stderr: 'no space\n' });
      if (this.failAt === 1) return Promise.reject(new TsmachineError('SSH_UNREACHABLE', 'gone'));
      this.hostKey = keyOf(variables['PUBLIC'] ?? '');
      if (this.failAt === 2) return Promise.reject(new TsmachineError('SSH_UNREACHABLE', 'gone'));
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
    },
  };
}

describe('another host key for a guest', () => {
  let guest: Guest;
  beforeEach(async () => {
    guest = new Guest();
    await guest.make();
  });

  /** The guest's key is pinned, and it alone; its files are the machine's, and nothing is left over. */
  function expectRenewed(before: string): void {
    expect(guest.hostKey).not.to.equal(before);
    expect(guest.pins).to.deep.equal([guest.hostKey]);
    expect(keyOf(guest.read(`${guestFiles.hostKey}.pub`))).to.equal(guest.hostKey);
    expect(guest.read(guestFiles.hostKey).trimEnd()).to.equal(guest.scripts.at(-1)?.['PRIVATE']);
    expect(readdirSync(guest.machineDir).sort()).to.deep.equal(
      [guestFiles.loginKey, `${guestFiles.loginKey}.pub`, guestFiles.knownHosts, guestFiles.hostKey, `${guestFiles.hostKey}.pub`].sort(),
    );
  }

  it('is brought by the first login, proven by the second, and pinned in place of the one before', async () => {
    const [before, login] = [guest.hostKey, guest.read(guestFiles.loginKey)];
    await guest.renew();
    expectRenewed(before);
    expect(guest.logins).to.equal(2);
    expect(guest.read(guestFiles.loginKey)).to.equal(login);
    const keys = await ensureGuestKeys(guest.machineDir, 'm1');
    expect(keyOf(keys.hostKey.public)).to.equal(guest.hostKey);
    expectRenewed(before);
  });

  for (const failAt of [1, 2, 3] as const) {
    it(`comes with the next call when the connection is lost at step ${failAt}, and nobody is locked out`, async () => {
      const before = guest.hostKey;
      guest.failAt = failAt;
      expect(await failureOf(guest.renew())).to.include({ code: 'SSH_UNREACHABLE' });
      expect(guest.pins).to.include(guest.hostKey);
      // Whatever asks for the keys in between keeps both pinned.
      await ensureGuestKeys(guest.machineDir, 'm1');
      expect(guest.pins).to.include(guest.hostKey);
      expect(await isHostKeyExposed(guest.machineDir), 'it is still to be done').to.equal(true);
      guest.failAt = undefined;
      await guest.renew();
      expectRenewed(before);
      expect(new Set(guest.scripts.map((script) => script['PUBLIC'])).size).to.equal(1);
    });
  }

  it('is not pinned alone when the guest goes on using the one before', async () => {
    const before = guest.hostKey;
    const { login } = guest;
    const deaf: Login = async (use) => {
      const result = await login(use);
      guest.hostKey = before;
      return result;
    };
    expect(await failureOf(renewHostKey(deaf, guest))).to.include({ code: 'SSH_HOST_KEY_CHANGED' });
    expect(guest.pins).to.include(before);
    await guest.renew();
    expectRenewed(before);
  });

  it('is given up with the reason of the host', async () => {
    guest.refuses = true;
    const error = await failureOf(guest.renew());
    expect(error).to.include({ code: 'REMOTE_COMMAND', message: 'The SSH host key of m1 could not be changed: no space' });
    expect(guest.pins).to.include(guest.hostKey);
  });

  it('is taken over when the computer went down in the middle of that', async () => {
    const before = guest.hostKey;
    guest.failAt = 3;
    await failureOf(guest.renew());
    guest.failAt = undefined;
    // The public half was replaced, the private one was not.
    writeFileSync(join(guest.machineDir, `${guestFiles.hostKey}.pub`), guest.read(`${guestFiles.nextHostKey}.pub`));
    await ensureGuestKeys(guest.machineDir, 'm1');
    expect(guest.pins).to.deep.equal([guest.hostKey]);
    await guest.renew();
    expectRenewed(before);
    // Only the private half of the next key was removed.
    writeFileSync(join(guest.machineDir, `${guestFiles.nextHostKey}.pub`), 'ssh-ed25519 OLD m1\n');
    await ensureGuestKeys(guest.machineDir, 'm1');
    expect(guest.pins).to.deep.equal([guest.hostKey]);
    rmSync(join(guest.machineDir, `${guestFiles.nextHostKey}.pub`));
    expectRenewed(before);
  });
});
