import { both16, both32, recordDate, sector } from './fields.js';

export interface Extent {
  /** Number of its first sector. */
  readonly start: number;
  /** Bytes. */
  readonly size: number;
}

export interface Entry extends Extent {
  /** The name in the volume's encoding. */
  readonly name: Buffer;
}

const itself = Buffer.from([0]);
const parent = Buffer.from([1]);

/** A root directory (ECMA-119, 9.1) in one sector, its files in the order of their names. */
export function rootDirectory(start: number, entries: readonly Entry[], date: Date): Buffer {
  const own = { start, size: sector };
  const records = [
    directoryRecord({ ...own, name: itself }, true, date),
    directoryRecord({ ...own, name: parent }, true, date),
    ...[...entries].sort((a, b) => Buffer.compare(a.name, b.name)).map((entry) => directoryRecord(entry, false, date)),
  ];
  const content = Buffer.concat(records);
  if (content.length > sector) throw new RangeError('These files do not fit in one directory sector');
  return Buffer.concat([content], sector);
}

/** The record of the root that stands in a volume descriptor. */
export function rootRecord(start: number, date: Date): Buffer {
  return directoryRecord({ start, size: sector, name: itself }, true, date);
}

function directoryRecord({ start, size, name }: Entry, isFolder: boolean, date: Date): Buffer {
  const record = Buffer.alloc((33 + name.length + 1) & ~1);
  record.writeUInt8(record.length, 0);
  both32(record, start, 2);
  both32(record, size, 10);
  recordDate(date).copy(record, 18);
  record.writeUInt8(isFolder ? 2 : 0, 25);
  both16(record, 1, 28);
  record.writeUInt8(name.length, 32);
  name.copy(record, 33);
  return record;
}

/** A path table (9.4) with only the root, little- or big-endian. */
export function pathTable(rootStart: number, bigEndian: boolean): Buffer {
  const table = Buffer.alloc(10);
  table.writeUInt8(1, 0);
  if (bigEndian) {
    table.writeUInt32BE(rootStart, 2);
    table.writeUInt16BE(1, 6);
  } else {
    table.writeUInt32LE(rootStart, 2);
    table.writeUInt16LE(1, 6);
  }
  return table;
}
