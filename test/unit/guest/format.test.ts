import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { vhdFooter } from '../../../src/guest/disk/vhd.js';
import { formatOf } from '../../../src/guest/image/format.js';
import { seedImage } from '../../../src/guest/seed.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

function fileOf(content: Uint8Array): string {
  const path = join(scratch(), 'disk');
  writeFileSync(path, content);
  return path;
}

describe('the format of a disk', () => {
  const kinds: [string, Buffer][] = [
    ['qcow2', Buffer.from('QFI\xfb\0\0\0\x03', 'latin1')],
    ['vmdk', Buffer.from('KDMV\x03')],
    ['vmdk', Buffer.from('# Disk DescriptorFile\n')],
    ['vhdx', Buffer.from('vhdxfile')],
    ['vhd', Buffer.concat([Buffer.alloc(2048), vhdFooter(2048).bytes])],
    [
      'vdi',
      Buffer.concat([Buffer.from('<<< Oracle VM VirtualBox Disk Image >>>\n'.padEnd(64, '\0')), Buffer.from([0x7f, 0x10, 0xda, 0xbe])]),
    ],
    ['iso', seedImage({ userData: '', metaData: '' }, new Date(0))],
    ['raw', Buffer.alloc(4096)],
    ['raw', Buffer.alloc(0)],
  ];
  for (const [format, content] of kinds) {
    it(`is ${format} by its content`, async () => {
      expect(await formatOf(fileOf(content))).to.equal(format);
    });
  }

  it('is none when it is packed, no file, or not there', async () => {
    for (const [name, start] of [
      ['gzip', '\x1f\x8b\x08'],
      ['xz', '\xfd7zXZ\0'],
      ['zip', 'PK\x03\x04'],
    ] as const) {
      const error = await failureOf(formatOf(fileOf(Buffer.from(start, 'latin1'))));
      expect(error).to.include({ code: 'DRIVER_PRECHECK' });
      expect(error.message).to.contain(`is compressed (${name})`);
    }
    expect((await failureOf(formatOf(scratch()))).message).to.match(/^The image cannot be used: Cannot read .*it is a folder$/);
  });
});

describe('the footer of a VHD', () => {
  it('says the size in whole megabytes, and sums up to its checksum', () => {
    const { bytes, diskSize } = vhdFooter(3 * 2 ** 30 + 512);
    expect(diskSize).to.equal(3 * 2 ** 30 + 2 ** 20);
    expect(bytes.readBigUInt64BE(48)).to.equal(BigInt(diskSize));
    const sum = bytes.readUInt32BE(64);
    bytes.writeUInt32BE(0, 64);
    expect(~bytes.reduce((total, byte) => total + byte, 0) >>> 0).to.equal(sum);
  });

  it('has the geometry that the specification counts', () => {
    // qemu-img, which rounds the size up to a whole cylinder, has one cylinder more for each
    const geometryOf = (megabytes: number) => {
      const { bytes } = vhdFooter(megabytes * 2 ** 20);
      return [bytes.readUInt16BE(56), bytes.readUInt8(58), bytes.readUInt8(59)];
    };
    expect([1, 41, 3072, 40_960, 120_000].map(geometryOf)).to.deep.equal([
      [30, 4, 17],
      [987, 5, 17],
      [6241, 16, 63],
      [20_560, 16, 255],
      [60_235, 16, 255],
    ]);
  });
});
