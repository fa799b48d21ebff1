import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { userData } from '../../../src/guest/user-data.js';
import { bootData, hostKey, login } from '../../helpers/boot-data.js';
import { failureOf, hintOf } from '../../helpers/failure.js';

const alone = userData({ hostname: 'm1', user: 'docker', authorizedKeys: [login], hostKey });
const refused = async (given: string | Uint8Array) => {
  const error = await failureOf(() => bootData(given));
  expect(error).to.include({ code: 'FLAG_INVALID' });
  expect(hintOf(error)).not.to.equal('');
  return error.message;
};

describe('the user data of a guest', () => {
  it('is ours alone, as plain cloud-config, where the user gives none', () => {
    for (const given of [undefined, '', ' \n', gzipSync('')]) {
      expect(bootData(given)).to.deep.equal({ bytes: Buffer.from(alone), encoding: 'plain' });
    }
  });

  it('names its data source where a later boot would look for others, and leaves clouds to find theirs', () => {
    expect(String(bootData(undefined).bytes)).to.contain('datasource_list: [NoCloud]');
    for (const datasource of ['Ec2', 'GCE', 'Azure', 'OpenStack', 'None'] as const) {
      for (const given of [undefined, '#!/bin/sh\n']) {
        expect(String(bootData(given, { datasource }).bytes), datasource).not.to.contain('datasource_list');
      }
    }
  });

  it('installs packages during the first boot, beside those of the user', () => {
    expect(String(bootData(undefined, { packages: ['docker.io'] }).bytes)).to.contain('"docker.io"');
    const both = String(bootData('#cloud-config\npackages: [jq]\n', { packages: ['docker.io'] }).bytes);
    expect(both).to.contain('packages: [jq]').and.contain('docker.io').and.contain('list(append)');
  });

  it("has the machine's name as host name in clouds, which have names of their own for it", () => {
    const text = String(bootData(undefined, { datasource: 'Ec2' }).bytes);
    expect(JSON.parse(text.replace(/^.*\n/, ''))).to.include({ hostname: 'm1', fqdn: 'm1', prefer_fqdn_over_hostname: true });
    expect(alone).not.to.contain('fqdn"');
  });

  it("is an archive that begins with the user's text as it was given", () => {
    const { bytes, encoding } = bootData('#!/bin/sh\necho hello\n');
    expect(encoding).to.equal('plain');
    const [head, first, ...others] = String(bytes).split(/^--tsmachine-[0-9a-f]{32}(?:--)?\n/m);
    expect(head).to.match(/^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="tsmachine-[0-9a-f]{32}"\n\n$/);
    expect(first).to.equal('Content-Type: text/plain\n\n#!/bin/sh\necho hello\n\n');
    expect(others.join('')).to.contain(login);
  });

  it('is the same bytes for the same data', () => {
    expect(bootData('#!/bin/sh\n')).to.deep.equal(bootData('#!/bin/sh\n'));
  });

  it('recognises what cloud-init does, whatever its case, and compressed', () => {
    const known = [
      '#! /bin/sh',
      '#cloud-config\n{}',
      '#Cloud-Config\n{}',
      '\n\n#cloud-config\n{}',
      '#include https://example.com/a',
      '#include-once\nhttps://example.com/a',
      '#cloud-boothook\n#!/bin/sh',
      '#part-handler\n',
      '## template: jinja\n#cloud-config\n{}',
      '#cloud-config-archive\n[]',
      '#cloud-config-jsonp\n[]',
      'Content-Type: multipart/mixed; boundary="X"\nMIME-Version: 1.0\n\n--X--\n',
      'From nobody Mon Jan  1 00:00:00 2026\nContent-Type: text/plain\nmime-version: 1.0\n\n#!/bin/sh',
    ];
    for (const text of known) {
      expect(String(bootData(text).bytes), text).to.contain(text);
      expect(bootData(gzipSync(text))).to.deep.equal(bootData(text));
    }
  });

  it('reads what Windows editors save', () => {
    expect(bootData('\ufeff#cloud-config\n{}')).to.deep.equal(bootData('#cloud-config\n{}'));
  });

  it('refuses what cloud-init would ignore, and says how it begins', async () => {
    for (const text of ['echo hello', 'cloud-config\n', '<powershell>\n', 'a: b\n', '\nMIME-Version: 1.0\n\n']) {
      expect(await refused(text))
        .to.contain(JSON.stringify(text.trimStart().slice(0, 30)))
        .and.to.contain('does not recognise');
    }
    expect(await refused(gzipSync(gzipSync('#!/bin/sh')))).to.contain('not UTF-8');
    expect(await refused('\u001b[2J\u0007')).to.contain('"\\u001b[2J\\u0007"');
  });

  it('refuses what is not text, and what is damaged', async () => {
    expect(await refused(Buffer.from([0x23, 0x21, 0xff, 0xfe]))).to.contain('not UTF-8');
    expect(await refused(Buffer.from('#!/bin/sh', 'utf16le').subarray(0, 17))).to.match(/not UTF-8|does not recognise/);
    expect(await refused(gzipSync('#!/bin/sh').subarray(0, 15))).to.contain('damaged or cut off');
    expect(await refused(Buffer.from([0x1f, 0x8b]))).to.contain('damaged or cut off');
  });

  it('refuses what is huge, in time and memory that do not grow with it', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024), { level: 9 });
    const before = process.memoryUsage().rss;
    const started = Date.now();
    expect(await refused(bomb)).to.contain('more than 8388608 bytes once it is unpacked');
    expect(await refused(Buffer.alloc(20_000_000, '#cloud-config\n'))).to.contain('20000000 bytes, more than the 8388608');
    expect(Date.now() - started).to.be.below(2000);
    expect(process.memoryUsage().rss - before).to.be.below(128 * 1024 * 1024);
  });

  it('refuses archives in archives by the thousand, in a moment', async () => {
    const started = Date.now();
    for (const header of ['Content-Type: multipart/mixed; boundary=a', 'content-type:\n message/rfc822']) {
      expect(await refused(`MIME-Version: 1.0\n${`${header}\n\n--a\n`.repeat(100_000)}`)).to.contain('100000 multipart archives');
    }
    bootData(`MIME-Version: 1.0\n${'content-type:\n\n\n'.repeat(500_000)}`);
    bootData(`MIME-Version: 1.0${'\n'.repeat(8_000_000)}`);
    expect(Date.now() - started).to.be.below(5000);
  });

  it("keeps its archive apart from the user's, even one that was made by it", () => {
    const once = bootData('#!/bin/sh\n').bytes;
    const twice = String(bootData(once).bytes);
    const [outer, inner] = [...twice.matchAll(/boundary="(.*)"/g)].map((match) => match[1] ?? '');
    expect(outer).not.to.equal(inner);
    expect(twice.split(`--${outer}`).slice(1, 2).join('')).to.equal(`\n${String(once)}\n`);
  });

  describe('and the limit of a provider', () => {
    const script = `#!/bin/sh\n${randomBytes(9000).toString('hex')}\n`;

    it('counts bytes as the provider does', async () => {
      const length = bootData(script).bytes.length;
      expect(bootData(script, { limit: length })).to.include({ encoding: 'plain' });
      await failureOf(() => bootData(script, { limit: length - 1 }));
      const encoded = bootData(script).bytes.toString('base64').length;
      expect(bootData(script, { limit: encoded, measured: 'base64' })).to.include({ encoding: 'plain' });
      await failureOf(() => bootData(script, { limit: encoded - 1, measured: 'base64' }));
    });

    it('is kept by compression, where that is allowed and needed', () => {
      const { bytes, encoding } = bootData(script, { limit: 16384, gzip: true });
      expect(encoding).to.equal('gzip');
      expect(bytes.length).to.be.below(16384);
      expect(gunzipSync(bytes).equals(bootData(script).bytes)).to.equal(true);
      expect(bootData('#!/bin/sh\n', { limit: 16384, gzip: true })).to.include({ encoding: 'plain' });
    });

    it('is named with the numbers when nothing helps', async () => {
      const plain = await failureOf(() => bootData(script, { limit: 16384 }));
      expect(plain).to.include({ code: 'FLAG_INVALID' });
      const total = bootData(script).bytes.length;
      expect(plain.message).to.contain(`The user data of m1 has ${total} bytes, but the provider takes 16384; `);
      expect(plain.message).to.contain(`the user data that you gave has ${script.length} bytes`);
      expect(hintOf(plain)).to.contain('#include');
      const packed = await failureOf(() => bootData(script, { limit: 4096, gzip: true, measured: 'base64' }));
      expect(packed.message).to.match(/has 1\d{4} bytes \(compressed by gzip and in base64\), but the provider takes 4096/);
    });

    it('leaves room for a script of 10 KB where a provider takes 16 KB', () => {
      expect(bootData(`#!/bin/sh\n${'x'.repeat(10_000)}`, { datasource: 'Ec2', limit: 16384 })).to.include({ encoding: 'plain' });
    });
  });
});
