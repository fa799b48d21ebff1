import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { Complaint } from './complaint.js';
import type { Input } from './perform.js';

/** What a VHDX made here begins with, as all do; behind it stand its size and its parent. */
const mark = 'vhdxfile';

interface Disk {
  readonly size: number;
  readonly parent: string;
}

/** Convert-VHD: of a VHD of fixed size, or a VHDX of ours. */
export function convertDisk(input: Input): void {
  const source = String(input['source']);
  const target = String(input['target']);
  if (!existsSync(source)) throw new Complaint('The system cannot find the file specified. (0x80070002).', 'ObjectNotFound,ConvertVHD');
  if (existsSync(target)) throw new Complaint(`Failed to create the virtual hard disk: '${target}': The file exists. (0x80070050).`);
  write(target, { size: sizeOf(source), parent: '' });
}

export function diskSize(path: string): number {
  return sizeOf(path);
}

/** New-VHD -Differencing */
export function newDisk(input: Input): void {
  const [path, parent] = [String(input['path']), String(input['parent'])];
  const size = Number(input['size']);
  if (existsSync(path)) throw new Complaint('The file exists. (0x80070050).');
  if (!path.endsWith('.vhdx')) throw new Complaint("The parameter 'SizeBytes' is only valid for differencing disks of the VHDX format.");
  const least = sizeOf(parent);
  if (size < least) throw new Complaint('The size specified is smaller than the size of the parent virtual hard disk.');
  if (size % 512 !== 0) throw new Complaint('One or more arguments are invalid (0x80070057).');
  write(path, { size, parent });
}

function sizeOf(path: string): number {
  if (!existsSync(path)) throw new Complaint('The system cannot find the file specified. (0x80070002).', 'ObjectNotFound,GetVHD');
  const content = readFileSync(path);
  if (path.endsWith('.vhdx') && content.subarray(0, 8).toString('latin1') === mark) {
    return (JSON.parse(content.subarray(8).toString('utf8')) as Disk).size;
  }
  const footer = content.subarray(-512);
  if (path.endsWith('.vhd') && footer.subarray(0, 8).toString('latin1') === 'conectix') {
    const size = Number(footer.readBigUInt64BE(48));
    if (size === statSync(path).size - 512) return size;
  }
  throw new Complaint('The file or directory is corrupted and unreadable. (0x80070570).');
}

function write(path: string, disk: Disk): void {
  writeFileSync(path, mark + JSON.stringify(disk));
}
