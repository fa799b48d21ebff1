import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { writeSeed } from '../../../src/guest/seed.js';
import { scratch } from '../../helpers/scratch.js';
import { tool } from './programs.js';

describe('a seed, as other programs read it', () => {
  const seed = {
    userData: `#cloud-config\n${JSON.stringify({ note: 'ä€\u{1F433}'.repeat(2000) })}\n`,
    metaData: '{"instance-id": "1"}\n',
    networkConfig: '{"version": 2}\n',
  };
  const contents: Record<string, string> = { 'user-data': seed.userData, 'meta-data': seed.metaData, 'network-config': seed.networkConfig };
  let dir: string;
  let iso: string;

  before(async () => {
    dir = scratch();
    iso = join(dir, 'seed.iso');
    await writeSeed(iso, seed, new Date('2026-01-02T03:04:05Z'));
  });

  it('is for its owner alone', () => {
    expect(statSync(iso).mode & 0o777).to.equal(0o600);
  });

  it('is found by its label', function () {
    const fields = tool(this, 'blkid', '-p', '-o', 'export', iso).split('\n');
    expect(fields).to.include.members(['TYPE=iso9660', 'LABEL=cidata', 'UUID=2026-01-02-03-04-05-00']);
  });

  it('is listed by xorriso with the names cloud-init looks for', function () {
    const listed = tool(this, 'xorriso', '-indev', iso, '-find', '/', '-type', 'f').split('\n').filter(Boolean).sort();
    expect(listed).to.deep.equal(["'/meta-data'", "'/network-config'", "'/user-data'"]);
  });

  it('is copied out by xorriso byte for byte', function () {
    const out = join(dir, 'xorriso');
    tool(this, 'xorriso', '-osirrox', 'on', '-indev', iso, '-extract', '/', out);
    expect(readBack(out)).to.deep.equal(contents);
  });

  it('is unpacked by libarchive byte for byte', function () {
    const out = join(dir, 'bsdtar');
    mkdirSync(out);
    tool(this, 'bsdtar', '-xf', iso, '-C', out);
    expect(readBack(out)).to.deep.equal(contents);
  });

  it('has a primary volume for readers without Joliet', function () {
    const listed = tool(this, 'isoinfo', '-f', '-i', iso).split('\n').filter(Boolean).sort();
    expect(listed).to.deep.equal(['/METADATA.;1', '/NETWORKC.;1', '/USERDATA.;1']);
    expect(tool(this, 'isoinfo', '-i', iso, '-x', '/METADATA.;1')).to.equal(seed.metaData);
    expect(tool(this, 'isoinfo', '-d', '-i', iso))
      .to.contain('Joliet with UCS level 3 found')
      .and.to.contain('Volume id: cidata\n');
  });
});

function readBack(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}
