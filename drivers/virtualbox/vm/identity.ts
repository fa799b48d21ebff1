import { createHash } from 'node:crypto';

/** The mark by which a VM says that it is tsmachine's. */
export const vmMark = 'tsmachine/machine';

/** MAC addresses of a VM's adapters, in VirtualBox's own range: known before it boots, so that the guest's adapters can be told apart. */
export function macAddresses(vmId: string): { readonly nat: string; readonly hostOnly: string } {
  const digits = createHash('sha256').update(vmId).digest('hex').toUpperCase();
  return { nat: `080027${digits.slice(0, 6)}`, hostOnly: `080027${digits.slice(6, 12)}` };
}
