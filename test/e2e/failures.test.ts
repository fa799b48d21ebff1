import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { promisify } from 'node:util';

import { waitFor } from '../../src/base/wait.js';
import { succeed, tsmachine, type CliResult } from '../helpers/cli.js';
import { openLab, type Lab, type LabHost } from '../helpers/lab.js';

const run = promisify(execFile);

/** A host that Ann can log into as she is, and root too, with the same key. */
async function hostOfAnn(lab: Lab): Promise<LabHost> {
  const host = await lab.host('host');
  await host.run('useradd -m -s /bin/bash ann && mkdir -p ~ann/.ssh && cp ~/.ssh/authorized_keys ~ann/.ssh/ && chown -R ann ~ann/.ssh');
  return host;
}

describe('failures of a create over SSH', () => {
  let lab: Lab;
  let host: LabHost;
  let store: string;

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    host = await hostOfAnn(lab);
  });
  after(async () => {
    await lab.close();
  });

  const create = (name: string, flags: string[] = [], env: NodeJS.ProcessEnv = {}) =>
    tsmachine(['create', '-d', 'generic', '--generic-ip-address', host.ip, '--generic-ssh-key', host.keyPath, ...flags, name], {
      store,
      env,
    });
  /** Fails with its own code, in seconds, telling what to do. */
  const expectFailure = async (result: CliResult, name: string, message: RegExp, hint: RegExp) => {
    expect(result.code, result.stderr).to.equal(1);
    expect(result.stderr).to.match(message).and.to.match(hint);
    expect(result.stderr).not.to.match(/\n\s+at .*\(/);
    expect(result.seconds).to.be.lessThan(20);
    await succeed(['rm', '-f', name], { store });
  };

  it('wrong key', async () => {
    const key = join(lab.dir, 'other');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await expectFailure(
      await create('wrongkey', ['--generic-ssh-key', key]),
      'wrongkey',
      /refuses the login/,
      /--generic-ssh-key|authorized_keys/,
    );
  });

  it('wrong user', async () => {
    await expectFailure(await create('wronguser', ['--generic-ssh-user', 'nobody']), 'wronguser', /nobody/, /--generic-ssh-user|user/);
  });

  it('sudo refused', async () => {
    await host.run('passwd -d ann >/dev/null; rm -f /etc/sudoers.d/ann');
    await expectFailure(
      await create('nosudo', ['--generic-ssh-user', 'ann'], { GENERIC_SUDO_PASSWORD: 'wrong' }),
      'nosudo',
      /sudo/,
      /NOPASSWD|sudoers/,
    );
  });

  it('sudo wants a password, and none can be asked for', async () => {
    await host.run("echo 'ann:right' | chpasswd && echo 'ann ALL=(ALL) ALL' > /etc/sudoers.d/ann");
    await expectFailure(await create('sudopw', ['--generic-ssh-user', 'ann']), 'sudopw', /password/, /GENERIC_SUDO_PASSWORD/);
    await expectFailure(
      await create('sudobad', ['--generic-ssh-user', 'ann'], { GENERIC_SUDO_PASSWORD: 'wrong' }),
      'sudobad',
      /password/,
      /GENERIC_SUDO_PASSWORD/,
    );
  });

  it('port closed', async () => {
    await expectFailure(await create('closed', ['--generic-ssh-port', '2222']), 'closed', /refuses SSH connections/, /listen on port 2222/);
  });

  it('name that does not resolve', async () => {
    await expectFailure(
      await create('nodns', ['--generic-ip-address', 'nowhere.invalid']),
      'nodns',
      /nowhere\.invalid/,
      /name|DNS|address/i,
    );
  });

  it('host key changed', async () => {
    await succeed(['create', '-d', 'generic', '--generic-ip-address', host.ip, '--generic-ssh-key', host.keyPath, 'changed'], { store });
    await host.run("rm /etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key; systemctl restart ssh");
    const result = await tsmachine(['provision', 'changed'], { store });
    await expectFailure(result, 'changed', /host key.*changed|changed.*host key/is, /ssh-keygen -R|known_hosts/);
    expect((await tsmachine(['ssh', 'host', 'true'], { store: lab.session.store.root })).code).not.to.equal(0);
  });

  it('disk full on the host', async () => {
    const other = await lab.host('full');
    await other.run('mkdir -p /etc/docker && mount -t tmpfs -o size=4k,nr_inodes=3 tmpfs /etc/docker');
    const result = await tsmachine(
      ['create', '-d', 'generic', '--generic-ip-address', other.ip, '--generic-ssh-key', other.keyPath, 'full'],
      { store },
    );
    await expectFailure(result, 'full', /disk of full is full/, /Free some space/);
    await other.remove();
  });

  it('disk full in the store', async () => {
    const tiny = join(lab.dir, 'tiny');
    await mkdir(tiny);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', tiny]);
    try {
      const result = await tsmachine(
        ['create', '-d', 'generic', '--generic-ip-address', host.ip, '--generic-ssh-key', host.keyPath, 'tiny'],
        { store: tiny },
      );
      expect(result.code, result.stderr).to.equal(1);
      expect(result.stderr)
        .to.match(/no space|full/i)
        .and.to.match(/--storage-path|space/);
      expect((await tsmachine(['ls'], { store: tiny })).code).to.equal(0);
    } finally {
      await run('umount', [tiny]);
    }
  });

  it('store on a read-only disk', async () => {
    const frozen = join(lab.dir, 'frozen');
    await mkdir(frozen);
    await run('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', frozen]);
    try {
      const result = await tsmachine(['create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'x'], { store: join(frozen, 'store') });
      expect(result.code).to.equal(1);
      expect(result.stderr)
        .to.match(/read-only/i)
        .and.to.match(/--storage-path|MACHINE_STORAGE_PATH/);
      expect((await tsmachine(['ls'], { store: join(frozen, 'store') })).code).to.equal(0);
    } finally {
      await run('umount', [frozen]);
    }
  });

  it('host gone in the middle of provisioning', async () => {
    const other = await lab.host('gone', { engine: 'machine' });
    await other.disconnect();
    const creating = tsmachine(
      [
        'create',
        '-d',
        'generic',
        '--generic-ip-address',
        other.ip,
        '--generic-ssh-key',
        other.keyPath,
        '--engine-install',
        'distro',
        'gone',
      ],
      { store },
    );
    await waitFor(async () => (await other.run('pgrep -x apt-get', { ok: [0, 1] })).exitCode === 0 || undefined, {
      timeout: 60_000,
      what: 'apt-get to run',
    });
    await other.disconnect();
    const killed = performance.now();
    await other.machine.driver.kill(other.machine.data, other.machine.ctx);
    const result = await creating;
    expect(result.code, result.stderr).to.equal(1);
    expect(result.stderr)
      .to.match(/lost|gone|closed|went away/i)
      .and.to.match(/tsmachine/);
    expect((performance.now() - killed) / 1000).to.be.lessThan(30);
    await succeed(['rm', '-f', 'gone'], { store });
    await other.remove();
  });

  it('a key that everybody may read, or that is no key', async () => {
    const open = join(lab.dir, 'open');
    await copyFile(host.keyPath, open);
    await chmod(open, 0o644);
    await expectFailure(await create('open', ['--generic-ssh-key', open]), 'open', /too open/, /chmod 600/);
    const garbage = join(lab.dir, 'garbage');
    await writeFile(garbage, 'not a key', { mode: 0o600 });
    await expectFailure(await create('garbage', ['--generic-ssh-key', garbage]), 'garbage', /key/, /key/);
    const missing = await create('missing', ['--generic-ssh-key', '/nope']);
    expect(missing).to.include({ code: 3 });
    expect(missing.stderr).to.contain('Error with pre-create check: "SSH key does not exist: \\"/nope\\""');
    expect(await readdir(join(store, 'machines'))).not.to.include('missing');
  });

  it('a key with a passphrase and nobody to ask', async () => {
    const key = join(lab.dir, 'locked');
    await copyFile(host.keyPath, key);
    await chmod(key, 0o600);
    await run('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-f', key]);
    await expectFailure(await create('locked', ['--generic-ssh-key', key], { SSH_AUTH_SOCK: '' }), 'locked', /passphrase/, /ssh-add/);
  });
});

describe('ways into a host', () => {
  let lab: Lab;
  let host: LabHost;
  let store: string;
  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    host = await hostOfAnn(lab);
  });
  after(async () => {
    await lab.close();
  });
  const logins = async (of: LabHost) =>
    Number((await of.run('journalctl --no-pager -q | grep -c "Accepted publickey"', { ok: [0, 1] })).stdout);
  const create = (name: string, flags: string[], env: NodeJS.ProcessEnv = {}) =>
    succeed(['create', '-d', 'generic', '--generic-ip-address', host.ip, '--generic-ssh-key', host.keyPath, ...flags, name], {
      store,
      env,
    });

  it('logs in once', async () => {
    await host.run('systemctl enable --now docker && docker version');
    const before = await logins(host);
    const { seconds } = await create('root', []);
    expect((await logins(host)) - before).to.equal(1);
    expect(seconds).to.be.lessThan(15);
  });

  it('goes through sudo without a password', async () => {
    await host.run("echo 'ann ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ann");
    await create('sudo', ['--generic-ssh-user', 'ann']);
    await succeed(['version', 'sudo'], { store });
  });

  it('goes through sudo with a password, from the environment, which no process shows', async () => {
    await host.run("echo 'ann:correct horse' | chpasswd && echo 'ann ALL=(ALL) ALL' > /etc/sudoers.d/ann");
    const { stdout, stderr } = await create('password', ['--generic-ssh-user', 'ann'], { GENERIC_SUDO_PASSWORD: 'correct horse' });
    expect(`${stdout}${stderr}`).not.to.contain('correct horse');
    await succeed(['version', 'password'], { store });
  });

  it('goes through a jump host', async () => {
    const gate = await lab.host('gate');
    await gate.run('cat >> ~/.ssh/authorized_keys', { input: await readFile(`${host.keyPath}.pub`, 'utf8') });
    await host.run(`iptables -A INPUT -p tcp --dport 22 ! -s ${gate.ip} -j REJECT -m conntrack --ctstate NEW`);
    const before = await logins(gate);
    await create('inner', ['--generic-jump-host', `root@${gate.ip}`], {});
    expect((await logins(gate)) - before).to.equal(1);
    expect(await tsmachine(['ssh', 'inner', 'exit 5'], { store })).to.include({ code: 5 });
    await gate.remove();
  });
});
