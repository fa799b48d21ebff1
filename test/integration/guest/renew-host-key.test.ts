import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { newEd25519 } from '../../../src/system/ed25519.js';
import { skip } from '../../helpers/skip.js';
import { canIsolate, interpreters, modeOf, Sandbox } from '../provision/sandbox.js';

const template = 'guest/renew-host-key.sh';
const key = newEd25519('m1');
const variables = { PRIVATE: key.private.trimEnd(), PUBLIC: key.public.trim() };
const keep = 'cp -p /etc/ssh/ssh_host_ed25519_key* "$STATE"';

for (const interpreter of interpreters) {
  describe(`the script that changes a host key, in ${interpreter.join(' ')}`, () => {
    let box: Sandbox;
    before(function () {
      if (!canIsolate()) skip(this, 'needs root, namespaces and overlayfs');
    });
    beforeEach(() => {
      box = new Sandbox(interpreter, true);
      box.prepare('rm -rf /run/systemd/system /etc/ssh; mkdir -p /run/systemd/system /etc/ssh; echo old >/etc/ssh/ssh_host_ed25519_key');
      box.program('restorecon', ':');
      box.program('systemctl', `case $1 in is-active) [ "$3" = sshd.service ];; reload-or-restart) ${keep};; esac`);
    });
    afterEach(() => {
      box.remove();
    });

    it('puts both halves in place with their modes, and reloads the server', async () => {
      await box.rootScript(template, variables);
      const files = ['ssh_host_ed25519_key', 'ssh_host_ed25519_key.pub'].map((name) => box.path('state', name));
      expect(files.map((file) => readFileSync(file, 'utf8'))).to.deep.equal([key.private, key.public]);
      expect(files.map(modeOf)).to.deep.equal(['600', '644']);
      expect(box.log).to.deep.equal([
        'restorecon /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key.pub',
        'systemctl is-active --quiet ssh.service',
        'systemctl is-active --quiet sshd.service',
        'systemctl reload-or-restart sshd.service',
      ]);
    });

    it('reloads nothing where systemd starts a server for every connection', async () => {
      box.program('systemctl', '[ "$1" != is-active ]');
      await box.rootScript(template, variables);
      expect(box.log.filter((line) => line.includes('reload'))).to.deep.equal([]);
    });

    it('knows OpenRC, and a server without any manager', async () => {
      box.prepare('rm -rf /run/systemd /etc/ssh; mkdir -p /etc/ssh');
      box.program('rc-service', keep);
      await box.rootScript(template, variables);
      expect(box.log).to.include('rc-service sshd reload');
      expect(readFileSync(box.path('state', 'ssh_host_ed25519_key.pub'), 'utf8')).to.equal(key.public);
    });

    const bad: [string, Record<string, string>][] = [
      ['is no key', { PRIVATE: 'x' }],
      ['has two halves that do not belong together', { PUBLIC: newEd25519('m1').public.trim() }],
      ['has a public half that is cut off', { PUBLIC: key.public.trim().slice(0, 40) }],
    ];
    for (const [what, changes] of bad) {
      it(`leaves the old key alone when the new one ${what}`, async () => {
        // Shows what the script leaves in a view that ends with it.
        const after = 'ls -A /etc/ssh >"$STATE/files"; cat /etc/ssh/ssh_host_ed25519_key >"$STATE/key"';
        box.prepare(`
          rm -rf /etc/ssh; mkdir -p /etc/ssh; echo old >/etc/ssh/ssh_host_ed25519_key; export STATE='${box.path('state')}'
          set -- sh -c '"$@"; code=$?; ${after}; exit $code' sh "$@"`);
        const result = await box.rootScript(template, { ...variables, ...changes }, { ok: [40] });
        expect(result.exitCode).to.equal(40);
        expect(result.stderr).not.to.equal('');
        expect(result.stdout + result.stderr).not.to.contain('BEGIN OPENSSH');
        expect(box.log.filter((line) => /^(systemctl|restorecon)/.test(line))).to.deep.equal([]);
        expect(['files', 'key'].map((name) => readFileSync(box.path('state', name), 'utf8'))).to.deep.equal([
          'ssh_host_ed25519_key\n',
          'old\n',
        ]);
      });
    }

    it('says so when the server cannot be reloaded', async () => {
      box.program('systemctl', '[ "$1" = is-active ] || { echo "Job failed" >&2; exit 1; }');
      const result = await box.rootScript(template, variables, { ok: [40] });
      expect(result.stderr).to.contain('Job failed');
    });
  });
}
