import { createHash } from 'node:crypto';

import type { Owner } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { extraData } from '../program/extra-data.js';
import { isInaccessible, isMissing } from './vm.js';

/** For people, and in the ledger. */
export const vmKind = 'VirtualBox VM';

/** The mark by which a VM says that it is tsmachine's: its own UUID, so that a clone of the VM, which has all extra data too, is not. */
export const vmMark = 'tsmachine/machine';
const storeLabel = 'tsmachine/owner-store';
const machineLabel = 'tsmachine/owner-machine';

/** The commands that mark a VM as ours. */
export function labelCommands(vmId: string, { store, machine }: Owner): string[][] {
  return [
    ['setextradata', vmId, vmMark, vmId],
    ['setextradata', vmId, storeLabel, store],
    ['setextradata', vmId, machineLabel, machine],
  ];
}

/** What a VM of ours says of its owner: nothing, one of an older version. Undefined: it is not ours, or gone. */
export async function readLabels(vmId: string, vbox: VBoxManage): Promise<Partial<Owner> | undefined> {
  const { stdout, problem } = await vbox.attempt(['getextradata', vmId, 'enumerate']);
  if (problem !== undefined && (isMissing(problem) || isInaccessible(problem))) return undefined;
  const labels = extraData(stdout);
  if (labels.get(vmMark) !== vmId) return undefined;
  const [store, machine] = [labels.get(storeLabel), labels.get(machineLabel)];
  return { ...(store === undefined ? {} : { store }), ...(machine === undefined ? {} : { machine }) };
}

/** MAC addresses of a VM's adapters, in VirtualBox's own range: known before it boots, so that the guest's adapters can be told apart. */
export function macAddresses(vmId: string): { readonly nat: string; readonly hostOnly: string } {
  const digits = createHash('sha256').update(vmId).digest('hex').toUpperCase();
  return { nat: `080027${digits.slice(0, 6)}`, hostOnly: `080027${digits.slice(6, 12)}` };
}
