import { createHash } from 'node:crypto';

const megabyte = 2 ** 20;
/** Seconds until 1 January 2000, the epoch of the format. */
const epoch = Date.UTC(2000, 0, 1) / 1000;

/**
 * The footer that turns a raw disk into a fixed-size VHD.
 * @param rawSize bytes of the raw disk
 * @returns the 512 bytes, and their offset: the disk's size rounded up to whole megabytes
 */
export function vhdFooter(rawSize: number): { bytes: Buffer; diskSize: number } {
  const diskSize = Math.ceil(rawSize / megabyte) * megabyte;
  const bytes = Buffer.alloc(512);
  bytes.write('conectix', 0, 'latin1');
  bytes.writeUInt32BE(2, 8);
  bytes.writeUInt32BE(0x0001_0000, 12);
  bytes.fill(0xff, 16, 24);
  bytes.writeUInt32BE(Date.UTC(2020, 0, 1) / 1000 - epoch, 24);
  // The creator decides whether programs use the size field or the product of the geometry; with this one it is the size.
  bytes.write('win ', 28, 'latin1');
  bytes.writeUInt32BE(0x000a_0000, 32);
  bytes.write('Wi2k', 36, 'latin1');
  bytes.writeBigUInt64BE(BigInt(diskSize), 40);
  bytes.writeBigUInt64BE(BigInt(diskSize), 48);
  const { cylinders, heads, sectors } = geometry(diskSize / 512);
  bytes.writeUInt16BE(cylinders, 56);
  bytes.writeUInt8(heads, 58);
  bytes.writeUInt8(sectors, 59);
  bytes.writeUInt32BE(2, 60);
  createHash('sha256').update(bytes).digest().copy(bytes, 68, 0, 16);
  bytes.writeUInt32BE(~bytes.reduce((sum, byte) => sum + byte, 0) >>> 0, 64);
  return { bytes, diskSize };
}

/** Cylinders, heads and sectors (Virtual Hard Disk Image Format Specification, appendix "CHS Calculation"). */
function geometry(total: number): { cylinders: number; heads: number; sectors: number } {
  const most = Math.min(total, 65_535 * 16 * 255);
  if (most >= 65_535 * 16 * 63) return { cylinders: Math.floor(most / 255 / 16), heads: 16, sectors: 255 };
  let sectors = 17;
  let tracks = Math.floor(most / sectors);
  let heads = Math.max(4, Math.floor((tracks + 1023) / 1024));
  if (tracks >= heads * 1024 || heads > 16) {
    [sectors, heads] = [31, 16];
    tracks = Math.floor(most / sectors);
  }
  if (tracks >= heads * 1024) {
    [sectors, heads] = [63, 16];
    tracks = Math.floor(most / sectors);
  }
  return { cylinders: Math.floor(tracks / heads), heads, sectors };
}
