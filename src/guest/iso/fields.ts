/** Bytes per sector: every structure of an ISO 9660 image begins at a sector. */
export const sector = 2048;

/** Writes a 32-bit number as ISO 9660 stores most of them (ECMA-119, 7.3.3): little-endian, then big-endian. */
export function both32(target: Buffer, value: number, offset: number): void {
  target.writeUInt32LE(value, offset);
  target.writeUInt32BE(value, offset + 4);
}

/** The same for a 16-bit number (7.2.3). */
export function both16(target: Buffer, value: number, offset: number): void {
  target.writeUInt16LE(value, offset);
  target.writeUInt16BE(value, offset + 2);
}

/** Joliet's encoding: UCS-2, big-endian. */
export function ucs2(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

/** The seven bytes of a directory record's date (9.1.5), in UTC. */
export function recordDate(date: Date): Buffer {
  return Buffer.from([
    date.getUTCFullYear() - 1900,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    0,
  ]);
}

/** The seventeen bytes of a volume descriptor's date (8.4.26.1), in UTC; without a date it means "not specified". */
export function volumeDate(date?: Date): Buffer {
  const digits = date === undefined ? '0'.repeat(16) : date.toISOString().replace(/\D/g, '').slice(0, 16);
  return Buffer.from(`${digits}\0`, 'latin1');
}

export function sectorsOf(bytes: number): number {
  return Math.ceil(bytes / sector);
}
