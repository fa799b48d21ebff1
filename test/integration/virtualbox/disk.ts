/** A qcow2 of one MiB in which nothing was written, `size` bytes long (QEMU's docs/interop/qcow2.txt). */
export function emptyQcow2(size = 400_000): Buffer {
  const disk = Buffer.alloc(size);
  disk.write('QFI\xfb', 'latin1');
  disk.writeUInt32BE(2, 4); // version
  disk.writeUInt32BE(16, 20); // clusters of 64 KiB
  disk.writeBigUInt64BE(2n ** 20n, 24); // of the disk
  disk.writeUInt32BE(1, 36); // entries of the one table
  disk.writeBigUInt64BE(65_536n, 40); // where it is
  disk.writeBigUInt64BE(131_072n, 48); // the reference counts
  disk.writeUInt32BE(1, 56);
  return disk;
}
