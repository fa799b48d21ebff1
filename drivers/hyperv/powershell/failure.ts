import { TsmachineError } from '../../../src/base/errors.js';

const actions: Readonly<Record<string, string>> = {
  rights: 'say what you may do',
  host: 'describe this computer',
  vms: 'list its virtual machines',
  'convert-disk': 'convert the image',
  'disk-size': 'read the disk',
  'new-disk': 'create the disk',
  'new-vm': 'create the VM',
  hardware: 'set up the VM',
  drives: 'attach the drives',
  'drives-iso': 'attach the drives',
  start: 'start the VM',
  stop: 'stop the VM',
  'turn-off': 'turn off the VM',
  'remove-vm': 'remove the VM',
  addresses: 'read the addresses of the VM',
};

export const rightsHint =
  'Start the terminal as an administrator; or, once and as an administrator: ' +
  'Add-LocalGroupMember -SID S-1-5-32-578 -Member $env:USERNAME, then log in again';

/** Windows writes messages in the user's language, with a number that is the same in all of them. */
const causes: readonly (readonly [RegExp, string])[] = [
  [/0x8007000E|not enough memory|OutOfMemory/i, 'Ask for less with --hyperv-memory, or stop other machines'],
  [/0x80070005|AccessDenied|required permission|access is denied/i, rightsHint],
  [
    /hypervisor is not running|0xC0351000|0xC035000B/i,
    'Turn on virtualization in the BIOS, then: bcdedit /set hypervisorlaunchtype auto, and reboot',
  ],
  [/0xC03A001A|sparse|uncompressed/i, 'Put the store into a folder that is neither compressed nor encrypted, with --storage-path'],
];

/** @param error what the script caught: PowerShell's message and the id of the error */
export function hypervFailure(name: string, error: unknown): TsmachineError {
  const { message: reason, id } = { message: 'no reason given', id: '', ...textFields(error) };
  const message = `Hyper-V could not ${actions[name] ?? name}: ${reason.trim()}`;
  const text = `${reason}\n${id}`;
  if (/0x80070070|0x80070027|not enough (?:disk )?space|disk is full/i.test(text)) {
    return new TsmachineError('STORE_FULL', message, {
      hint: 'Make room on the disk, or put the store on another one with --storage-path',
    });
  }
  return new TsmachineError('DRIVER_FAILED', message, { hint: causes.find(([pattern]) => pattern.test(text))?.[1], cause: { id } });
}

/** Another process removed an object while Hyper-V listed it: the next call lists the others. */
export function isTransient(error: unknown): boolean {
  return TsmachineError.is(error) && /^ObjectNotFound\b/.test(textFields(error.cause)['id'] ?? '');
}

function textFields(value: unknown): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}
