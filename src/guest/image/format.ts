import { open } from 'node:fs/promises';

import { TsmachineError } from '../../base/errors.js';
import { unreadable } from '../../system/files/atomic.js';
import type { ImageFormat } from './types.js';

interface Mark {
  readonly at: number;
  readonly bytes: Buffer;
}

const mark = (text: string, at = 0): Mark => ({ at, bytes: Buffer.from(text, 'latin1') });

/** The signature of each format. A fixed-size VHD has its signature at the end; a raw disk has none. */
const marks: readonly (readonly [ImageFormat, Mark])[] = [
  ['qcow2', mark('QFI\xfb')],
  ['vmdk', mark('KDMV')],
  ['vmdk', mark('# Disk DescriptorFile')],
  ['vhdx', mark('vhdxfile')],
  ['vhd', mark('conectix')],
  ['vdi', mark('\x7f\x10\xda\xbe', 64)],
  ['iso', mark('CD001', 32_769)],
];

const packed: readonly (readonly [string, Mark])[] = [
  ['gzip', mark('\x1f\x8b')],
  ['xz', mark('\xfd7zXZ')],
  ['zstd', mark('\x28\xb5\x2f\xfd')],
  ['bzip2', mark('BZh')],
  ['zip', mark('PK\x03\x04')],
  ['tar', mark('ustar', 257)],
];

const headLength = 32_774;
const footerLength = 512;

/**
 * Detects the format of a disk by its content, whatever its name.
 * @throws TsmachineError DRIVER_PRECHECK for a file that cannot be read or is compressed
 */
export async function formatOf(path: string): Promise<ImageFormat> {
  const { head, tail } = await ends(path);
  const carries = ({ at, bytes }: Mark) => head.subarray(at, at + bytes.length).equals(bytes);
  const packer = packed.find(([, one]) => carries(one))?.[0];
  if (packer !== undefined) {
    throw new TsmachineError('DRIVER_PRECHECK', `The image ${path} is compressed (${packer})`, {
      hint: 'Decompress it, and give the path of the disk itself',
    });
  }
  if (tail.subarray(0, 8).toString('latin1') === 'conectix') return 'vhd';
  return marks.find(([, one]) => carries(one))?.[0] ?? 'raw';
}

async function ends(path: string): Promise<{ head: Buffer; tail: Buffer }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const read = async (length: number, position: number) => {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
        return buffer.subarray(0, bytesRead);
      };
      return { head: await read(headLength, 0), tail: await read(footerLength, Math.max(0, size - footerLength)) };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new TsmachineError('DRIVER_PRECHECK', `The image cannot be used: ${unreadable(error, path).message}`, { cause: error });
  }
}
