import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { HostFacts } from '../look/facts.js';

/** Megabytes that an engine and its packages need. */
const installNeeds = 300;
/** Megabytes for certificates and settings. */
const configNeeds = 5;

/**
 * Refuses in advance what would fail for lack of disk space. Unknown free space counts as enough.
 * @throws TsmachineError HOST_DISK_FULL
 */
export function checkDisk(facts: HostFacts, machine: string, installing: boolean): void {
  if (installing) check(facts.free.var, '/var/lib', installNeeds, machine);
  check(facts.free.etc, '/etc', configNeeds, machine);
}

const complaints = [
  /No space left on device/i,
  /You don't have enough free space/i,
  /not enough free disk space/i,
  /Disk quota exceeded/i,
  /needs \d+ ?[KMG]i?B (?:more space )?on the/i,
];

/** Whether a program's output says that a disk is full. */
export function saysDiskFull(output: string): boolean {
  return complaints.some((complaint) => complaint.test(output));
}

export function diskFull(machine: string, where: string, cause?: unknown): TsmachineError {
  const usage = run('ssh', machine, 'sudo', 'du', '-xh', '--max-depth=2', '/var');
  return new TsmachineError('HOST_DISK_FULL', `The disk of ${machine} is full: ${where}`, {
    cause,
    hint: say`Free some space, then run the command again. To see what uses it: ${usage}`,
  });
}

function check(free: number | undefined, folder: string, needs: number, machine: string): void {
  if (free === undefined || free >= needs * 1024) return;
  throw diskFull(machine, `${folder} has ${Math.floor(free / 1024)} MB left, ${needs} MB are needed`);
}
