import { both16, both32, sector, ucs2, volumeDate } from './fields.js';

export interface Volume {
  readonly label: string;
  /** True for Joliet's supplementary volume, false for the primary one. */
  readonly joliet: boolean;
  readonly sectors: number;
  readonly pathTableSize: number;
  /** Sectors of the little-endian and the big-endian path table. */
  readonly pathTables: readonly [little: number, big: number];
  readonly root: Buffer;
  readonly date: Date;
}

/** Joliet level 3 (the escape sequence of UCS-2). */
const jolietLevel = Buffer.from('%/E', 'latin1');

/** A primary or supplementary volume descriptor (ECMA-119, 8.4 and 8.5). */
export function volumeDescriptor(volume: Volume): Buffer {
  const block = header(volume.joliet ? 2 : 1);
  const [little, big] = volume.pathTables;
  const text = (from: number, length: number, value: string) => {
    padded(value, length, volume.joliet).copy(block, from);
  };
  text(8, 32, '');
  text(40, 32, volume.label);
  both32(block, volume.sectors, 80);
  if (volume.joliet) jolietLevel.copy(block, 88);
  both16(block, 1, 120);
  both16(block, 1, 124);
  both16(block, sector, 128);
  both32(block, volume.pathTableSize, 132);
  block.writeUInt32LE(little, 140);
  block.writeUInt32BE(big, 148);
  volume.root.copy(block, 156);
  for (const from of [190, 318, 446, 574]) text(from, 128, '');
  for (const from of [702, 739, 776]) text(from, 37, '');
  volumeDate(volume.date).copy(block, 813);
  volumeDate(volume.date).copy(block, 830);
  volumeDate().copy(block, 847);
  volumeDate(volume.date).copy(block, 864);
  block.writeUInt8(1, 881);
  return block;
}

/** The terminator of the list of descriptors (8.3). */
export function terminator(): Buffer {
  return header(255);
}

function header(type: number): Buffer {
  const block = Buffer.alloc(sector);
  block.writeUInt8(type, 0);
  block.write('CD001', 1, 'latin1');
  block.writeUInt8(1, 6);
  return block;
}

/** Text padded with spaces; in Joliet, an odd last byte stays zero. */
function padded(text: string, length: number, joliet: boolean): Buffer {
  if (!joliet) return Buffer.from(text.padEnd(length), 'latin1');
  return Buffer.concat([ucs2(text.padEnd(Math.floor(length / 2)))], length);
}
