import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { Complaint } from '../powershell/errors.js';
import { Instance, Whole } from '../powershell/values/values.js';
import type { Cmdlet } from './cmdlet.js';
import { invalid } from './world.js';

/** What a VHDX made here begins with, as all do; behind it stand its size and its parent. */
const mark = 'vhdxfile';

interface Disk {
  readonly size: number;
  readonly parent: string;
}

/** Of a VHD of fixed size, or a VHDX of ours. */
export const convertVHD: Cmdlet = (given) => {
  const [source, target] = [given.text('Path'), given.text('DestinationPath')];
  const type = given.has('VHDType') ? given.text('VHDType') : 'Dynamic';
  if (type !== 'Dynamic' && type !== 'Fixed') throw invalid(`A disk cannot be converted to the type ${type} like that.`);
  const { size } = readDisk(source);
  checkEnding(target);
  if (existsSync(target))
    throw new Complaint(`Failed to create the virtual hard disk: '${target}': The file exists. (0x80070050).`, 'OperationFailed');
  write(target, { size, parent: '' });
  return [];
};

export const getVHD: Cmdlet = (given) => [diskObject(given.text('Path'))];

export const newVHD: Cmdlet = (given) => {
  const path = given.text('Path');
  checkEnding(path);
  if (existsSync(path))
    throw new Complaint(`Failed to create the virtual hard disk: '${path}': The file exists. (0x80070050).`, 'OperationFailed');
  const parent = given.has('ParentPath') ? given.text('ParentPath') : '';
  const least = parent === '' ? 0 : readDisk(parent).size;
  const size = given.has('SizeBytes') ? given.number('SizeBytes') : least;
  if (parent !== '' && path.toLowerCase().slice(path.lastIndexOf('.')) !== parent.toLowerCase().slice(parent.lastIndexOf('.'))) {
    throw invalid('A differencing disk must have the format of its parent.');
  }
  if (size < least) throw new Complaint('The size specified is smaller than the size of the parent virtual hard disk.', 'OperationFailed');
  if (size % 512 !== 0 || size === 0) throw new Complaint('One or more arguments are invalid (0x80070057).', 'OperationFailed');
  write(path, { size, parent });
  return [diskObject(path)];
};

function diskObject(path: string): Instance {
  const { size, parent } = readDisk(path);
  return new Instance('Microsoft.Vhd.PowerShell.VirtualHardDisk', { Path: path, Size: new Whole(size, 'UInt64'), ParentPath: parent });
}

/** @throws Complaint when it is not there, no disk, or a disk without its parent */
export function readDisk(path: string): Disk {
  if (!existsSync(path))
    throw new Complaint(
      `Getting the mounted storage instance for the path '${path}' failed. The system cannot find the file specified. (0x80070002).`,
      'ObjectNotFound',
    );
  const content = readFileSync(path);
  if (path.endsWith('.vhdx') && content.subarray(0, 8).toString('latin1') === mark) {
    const disk = JSON.parse(content.subarray(8).toString('utf8')) as Disk;
    if (disk.parent !== '') readDisk(disk.parent);
    return disk;
  }
  const footer = content.subarray(-512);
  if (path.endsWith('.vhd') && footer.subarray(0, 8).toString('latin1') === 'conectix') {
    const size = Number(footer.readBigUInt64BE(48));
    if (size === statSync(path).size - 512) return { size, parent: '' };
  }
  throw new Complaint('The file or directory is corrupted and unreadable. (0x80070570).', 'OperationFailed');
}

function checkEnding(path: string): void {
  if (!/\.vhdx?$/i.test(path)) throw invalid(`The file "${path}" is not a virtual hard disk: its name must end with .vhd or .vhdx.`);
  if (path.toLowerCase().endsWith('.vhd')) throw new Error('the stand-in writes no VHD');
}

function write(path: string, disk: Disk): void {
  writeFileSync(path, mark + JSON.stringify(disk));
}
