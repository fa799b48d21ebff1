import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

import { parseHeader, unusable, type Qcow2Header } from './qcow2-header.js';

const inflate = promisify(inflateRaw);

const compressed = 1n << 62n;
const offsetMask = 0x00ff_ffff_ffff_fe00n;
const zeroFlag = 1n;
/** Clusters that are unpacked in parallel. */
const atOnce = 16;

interface Source {
  readonly path: string;
  readonly file: FileHandle;
  readonly header: Qcow2Header;
  readonly clusterSize: number;
}

/**
 * Unpacks the disk in a qcow2 file to a raw file; unused areas stay holes if the file system supports them.
 * @throws TsmachineError DRIVER_PRECHECK for a damaged disk or one that uses features that cloud images do not use; system errors; the
 * signal's reason
 */
export async function unpackQcow2(path: string, target: string, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'r');
  try {
    const header = parseHeader((await file.read(Buffer.alloc(112), 0, 112, 0)).buffer, path);
    const source = { path, file, header, clusterSize: 2 ** header.clusterBits };
    const disk = await open(target, 'wx', 0o600);
    try {
      await disk.truncate(header.size);
      await copyClusters(source, disk, signal);
      await disk.sync();
    } finally {
      await disk.close();
    }
  } finally {
    await file.close();
  }
}

async function copyClusters(source: Source, disk: FileHandle, signal: AbortSignal): Promise<void> {
  const { header, clusterSize } = source;
  const perTable = clusterSize / 8;
  const l1 = await readTable(source, header.l1Offset, header.l1Entries);
  for (const [index, l1Entry] of l1.entries()) {
    const tableOffset = Number(l1Entry & offsetMask);
    if (tableOffset === 0) continue;
    const l2 = await readTable(source, tableOffset, perTable);
    for (let first = 0; first < perTable; first += atOnce) {
      signal.throwIfAborted();
      const group = l2.slice(first, first + atOnce);
      await Promise.all(group.map((entry, i) => copyCluster(source, entry, (index * perTable + first + i) * clusterSize, disk)));
    }
  }
}

/** Big-endian numbers of eight bytes. */
async function readTable({ file, path }: Source, offset: number, entries: number): Promise<bigint[]> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(entries * 8), 0, entries * 8, offset);
  if (bytesRead < entries * 8) throw unusable(path, 'is truncated');
  return Array.from({ length: entries }, (_, i) => buffer.readBigUInt64BE(i * 8));
}

async function copyCluster(source: Source, entry: bigint, position: number, disk: FileHandle): Promise<void> {
  const { size } = source.header;
  if (position >= size) return;
  const content = (entry & compressed) !== 0n ? await inflated(source, entry) : await plain(source, entry);
  if (content === undefined) return;
  // the last cluster may extend beyond the end of the disk
  const length = Math.min(content.length, size - position);
  let done = 0;
  while (done < length) done += (await disk.write(content, done, length - done, position + done)).bytesWritten;
}

async function plain({ file, path, clusterSize }: Source, entry: bigint): Promise<Buffer | undefined> {
  const offset = Number(entry & offsetMask);
  if (offset === 0 || (entry & zeroFlag) !== 0n) return undefined;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(clusterSize), 0, clusterSize, offset);
  if (bytesRead === 0) throw unusable(path, 'is truncated');
  return buffer;
}

/** Reads a compressed cluster. The low bits of its entry are the offset, the bits above are the number of further 512-byte sectors. */
async function inflated({ file, path, header, clusterSize }: Source, entry: bigint): Promise<Buffer> {
  const offsetBits = BigInt(62 - (header.clusterBits - 8));
  const offset = Number(entry & ((1n << offsetBits) - 1n));
  const sectors = Number((entry & (compressed - 1n)) >> offsetBits) + 1;
  const length = sectors * 512 - (offset % 512);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  try {
    const content = await inflate(buffer.subarray(0, bytesRead), { maxOutputLength: clusterSize });
    if (content.length === clusterSize) return content;
  } catch (error) {
    throw unusable(path, `is damaged at byte ${offset} (${error instanceof Error ? error.message : String(error)})`);
  }
  throw unusable(path, `is damaged at byte ${offset}`);
}
