import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';
import type { Context } from 'mocha';

import type { BootDataRequest } from '../../../src/base/guest.js';
import { bootData, hostKey, login } from '../../helpers/boot-data.js';
import { consumeUserData, withCloudInit, type Consumed } from '../../helpers/cloud-init.js';
import { scratch } from '../../helpers/scratch.js';

const seedFile = { path: '/etc/cloud/cloud.cfg.d/99-tsmachine.cfg', content: 'datasource_list: [NoCloud]\n' };
const ourHostKey = { ed25519_private: hostKey.private, ed25519_public: hostKey.public.trim() };

function consumed(context: Context, userData: string | Uint8Array, changes: Partial<BootDataRequest> = {}): Consumed {
  return consumeUserData(context, bootData(userData, changes).bytes, scratch());
}

/** What holds whatever the user's data says. */
function expectOurs({ merged, users }: Consumed): void {
  expect(merged['ssh_keys']).to.include(ourHostKey);
  expect(merged['ssh_authorized_keys']).to.include(login);
  expect(merged).to.include({ hostname: 'm1', fqdn: 'm1', preserve_hostname: false });
  // cloud-init gives ssh_authorized_keys to the default user.
  expect(users['docker']).to.include({ default: true, sudo: 'ALL=(ALL) NOPASSWD:ALL', no_user_group: true });
  expect(String(users['docker']?.['groups']).split(',')).to.include('docker');
  expect(Object.keys(merged).filter((key) => key.startsWith('tsmachine'))).to.deep.equal([]);
}

const multipart = (...parts: string[]) =>
  ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="X"', '', ...parts.flatMap((part) => ['--X', part]), '--X--', ''].join(
    '\n',
  );

describe("user data of ours and of the user's, in cloud-init itself", () => {
  it('keeps everything of both where they say the same things', function () {
    const result = consumed(
      this,
      `#cloud-config
users: [default, {name: alice, sudo: ALL}, {name: docker, uid: 2000, ssh_authorized_keys: [theirs], groups: [video]}]
ssh_authorized_keys: [top]
ssh_keys: {rsa_private: R, ed25519_private: E}
packages: [vim]
runcmd: [ls]
write_files: [{path: /x, content: x}]
growpart: {mode: auto, devices: [/data]}
ssh_pwauth: true
ssh_deletekeys: false
disable_root: false
hostname: other
fqdn: other.example
preserve_hostname: true
user: bob
timezone: Europe/Berlin
`,
    );
    expectOurs(result);
    expect(result.merged['ssh_authorized_keys']).to.deep.equal(['top', login]);
    expect(result.merged['ssh_keys']).to.deep.equal({ rsa_private: 'R', ...ourHostKey });
    expect(result.merged).to.deep.include({
      packages: ['vim'],
      runcmd: ['ls'],
      growpart: { mode: 'auto', devices: ['/data'] },
      ...{ ssh_pwauth: true, ssh_deletekeys: false, disable_root: false, timezone: 'Europe/Berlin', resize_rootfs: true },
    });
    expect(result.merged['write_files'])
      .to.containSubset([{ path: '/x' }, seedFile])
      .and.to.have.lengthOf(2);
    expect(result.users['alice']).to.include({ sudo: 'ALL' });
    expect(result.users['docker']).to.deep.include({ uid: 2000, ssh_authorized_keys: ['theirs'], groups: 'docker,video' });
    expect(result.warnings).to.deep.equal([]);
  });

  it('makes the same guest as ours alone where the user says nothing of it', function () {
    const { merged, users, warnings } = consumed(this, '#cloud-config\ntimezone: Europe/Berlin\n');
    const alone = consumeUserData(this, bootData(undefined).bytes, scratch());
    const { users: list, ...same } = alone.merged;
    const { user, ssh_authorized_keys: keys, fqdn, timezone, ...rest } = merged;
    expect(rest).to.deep.equal(same);
    expect({ fqdn, timezone, list: [{ ...(user as object), ssh_authorized_keys: keys }] }).to.deep.equal({
      ...{ fqdn: 'm1', timezone: 'Europe/Berlin', list },
    });
    expect(Object.keys(users)).to.deep.equal(Object.keys(alone.users)).and.to.deep.equal(['docker']);
    expect(warnings).to.deep.equal([]);
  });

  const forms: [string, string][] = [
    ['a text', 'users: alice,bob'],
    ['a dictionary', 'users: {alice: {sudo: ALL}, bob: true}'],
    ['empty', 'users: []'],
    ['null', 'users:'],
  ];
  for (const [what, users] of forms) {
    it(`makes our login the default user where the user's users are ${what}`, function () {
      const result = consumed(this, `#cloud-config\n${users}\n`);
      expectOurs(result);
      expect(Object.keys(result.users).filter((name) => name !== 'docker')).to.deep.equal(users.includes('alice') ? ['alice', 'bob'] : []);
    });
  }

  for (const value of ['', 'text', '5', '[a]', '{a: b}', 'true']) {
    it(`has our keys in force where the user's are ${value === '' ? 'null' : value}`, function () {
      const result = consumed(this, `#cloud-config\nssh_keys: ${value}\nssh_authorized_keys: ${value}\nruncmd: ${value}\n`);
      expect(result.merged['ssh_keys']).to.include(ourHostKey);
      // Of a dictionary cloud-init reads the names alone, so ours must not be a value of one.
      expect(result.merged['ssh_authorized_keys']).to.be.an('array').that.includes(login);
    });
  }

  it('lets root in where root is the login, whatever the user says', function () {
    const { merged, users } = consumed(this, '#cloud-config\ndisable_root: true\n', { user: 'root' });
    expect(merged).to.deep.include({ disable_root: false, user: { name: 'root' }, ssh_authorized_keys: [login] });
    expect(users['root']).to.include({ default: true });
  });

  it('survives what is broken, and what deletes', function () {
    for (const text of [
      '#cloud-config\n{ a: [',
      '#cloud-config\n- a\n',
      '#cloud-config-jsonp\n[{"op":"add","path":"","value":{}}]',
      '#cloud-config',
    ]) {
      expectOurs(consumed(this, text));
    }
  });

  it('leaves a script what it is', function () {
    for (const text of ['#!/bin/sh\necho hello\n', '#!/bin/sh\necho "Grüße, 日本"\n', '\n#!/bin/sh\n# MIME-Version: 1.0\necho hello']) {
      const result = consumed(this, text);
      expectOurs(result);
      expect(result.scripts).to.deep.equal({ 'part-001': { text, mode: '0o700' } });
      expect(result.warnings).to.deep.equal([]);
    }
  });

  it('takes every part of a multipart archive', function () {
    const script = 'Content-Type: text/x-shellscript\nContent-Disposition: attachment; filename="b.sh"\n\n#!/bin/sh\necho hello';
    const config = (list: string) => `Content-Type: text/cloud-config\nMerge-Type: list(append)+dict(recurse_array)\n\nruncmd: [${list}]`;
    const text = multipart(script, config('one'), config('two'));
    const cutOff = text.slice(0, text.indexOf('--X--'));
    for (const given of [text, cutOff, text.replaceAll('\n', '\r\n'), gzipSync(text)]) {
      const result = consumed(this, given);
      expectOurs(result);
      expect(result.merged['runcmd']).to.deep.equal(['one', 'two']);
      expect(result.scripts['b.sh']?.text.trim()).to.equal('#!/bin/sh\necho hello');
    }
    expectOurs(consumed(this, text.slice(0, text.indexOf('--X'))));
    expectOurs(consumed(this, 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="X"'));
    expectOurs(consumed(this, 'MIME-Version: 1.0\nContent-Type: multipart/mixed\n\nx'));
  });

  it('takes a message of one part', function () {
    const result = consumed(this, 'Content-Type: text/cloud-config\nMIME-Version: 1.0\n\nruncmd: [one]\n');
    expectOurs(result);
    expect(result.merged['runcmd']).to.deep.equal(['one']);
  });

  it('takes as many archives in archives as it lets pass', function () {
    const nested = Array.from({ length: 100 }, (_, i) => `Content-Type: multipart/mixed; boundary="b${i}"\n\n--b${i}\n`).join('');
    expectOurs(consumed(this, `MIME-Version: 1.0\n${nested}Content-Type: text/x-shellscript\n\n#!/bin/sh\n`));
  });

  it('takes an archive in YAML, and what is compressed', function () {
    const text = '#cloud-config-archive\n- "#!/bin/sh\\necho hello\\n"\n- {type: text/cloud-config, content: "runcmd: [one]"}\n';
    for (const given of [text, gzipSync(text)]) {
      const result = consumed(this, given);
      expectOurs(result);
      expect(result.merged['runcmd']).to.deep.equal(['one']);
      expect(Object.values(result.scripts).map((script) => script.text)).to.deep.equal(['#!/bin/sh\necho hello\n']);
    }
  });

  it('renders templates', function () {
    const result = consumed(this, '## template: jinja\n#cloud-config\nruncmd: ["echo {{ v1.local_hostname }}"]\nhostname: x\n');
    expectOurs(result);
    expect(result.merged['runcmd']).to.deep.equal(['echo from-jinja']);
  });

  it('reads what was included', function () {
    const dir = scratch();
    writeFileSync(join(dir, 'included'), '#cloud-config\nruncmd: [one]\n');
    const result = consumed(this, `#include file://${join(dir, 'included')}\n`);
    expectOurs(result);
    expect(result.merged['runcmd']).to.deep.equal(['one']);
  });

  it('is read the same when it had to be compressed', function () {
    const text = `#!/bin/sh\n${'# a long comment\n'.repeat(2000)}`;
    const { bytes, encoding } = bootData(text, { gzip: true, limit: 16 * 1024 });
    expect(encoding).to.equal('gzip');
    const result = consumeUserData(this, bytes, scratch());
    expectOurs(result);
    expect(result.scripts['part-001']?.text).to.equal(text);
  });

  it("is valid by cloud-init's own schema once merged", function () {
    for (const datasource of ['NoCloud', 'Ec2', 'None'] as const) {
      const { merged } = consumed(this, '#cloud-config\nusers: [default, {name: alice}]\nruncmd: [ls]\n', { datasource });
      const dir = scratch();
      writeFileSync(join(dir, 'file'), `#cloud-config\n${JSON.stringify(merged)}\n`);
      const { output } = withCloudInit(this, ['-m', 'cloudinit.cmd.main', 'schema', '--config-file', 'file'], dir);
      expect(output.trim()).to.equal('Valid cloud-config: file');
    }
  });
});
