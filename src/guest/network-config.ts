import { isIP } from 'node:net';

import { TsmachineError } from '../base/errors.js';

export interface GuestAdapter {
  /** The adapter's MAC address as the hypervisor reports it, in any notation: `080027A1B2C3`, `08-00-27-a1-b2-c3`. */
  readonly mac: string;
  /** Each `address/prefix`; without any, the adapter uses DHCP. */
  readonly addresses?: readonly string[];
  /** Only together with addresses, for the adapter with the default route. */
  readonly gateway?: string;
  readonly nameservers?: readonly string[];
  /** Ignores the default route that this adapter's DHCP server offers: for a network that reaches only this computer. */
  readonly noDefaultRoute?: boolean;
}

/**
 * The `network-config` (version 2) of a guest with several adapters or fixed addresses. Adapters are identified by their MAC addresses,
 * because their names differ between images. Only the first one is waited for at boot.
 *
 * Debian's cloud images have a netplan file of their own, whose entries `all-en` and `all-eth` match every adapter named en* or eth*.
 * networkd
 * uses the first entry, by name, that matches, so the names of our entries sort before those. The adapters are not renamed: otherwise every
 * boot after the first would wait two minutes for the old names, which the image's file requires. cloud-init since 22.3 finds the names
 * itself.
 * @throws TsmachineError INTERNAL for an invalid MAC address, address or gateway
 */
export function networkConfig(adapters: readonly GuestAdapter[]): string {
  const ethernets = Object.fromEntries(adapters.map((adapter, index) => [`adapter${index}`, ethernet(adapter, index > 0)]));
  return `${JSON.stringify({ version: 2, ethernets }, undefined, 2)}\n`;
}

function ethernet(adapter: GuestAdapter, optional: boolean): Readonly<Record<string, unknown>> {
  const { addresses = [], gateway, nameservers = [], noDefaultRoute = false } = adapter;
  for (const address of addresses) checkAddress(address);
  if (gateway !== undefined && isIP(gateway) === 0) throw invalid('gateway', gateway);
  return {
    match: { macaddress: macAddress(adapter.mac) },
    ...(addresses.length === 0 ? { dhcp4: true } : { dhcp4: false, addresses }),
    ...(noDefaultRoute && addresses.length === 0 && { 'dhcp4-overrides': { 'use-routes': false, 'use-dns': false } }),
    ...(gateway !== undefined && { routes: [{ to: isIP(gateway) === 6 ? '::/0' : '0.0.0.0/0', via: gateway }] }),
    ...(nameservers.length > 0 && { nameservers: { addresses: nameservers } }),
    ...(optional && { optional: true }),
  };
}

/** A MAC address in the form that cloud-init compares: lower case, with colons. */
export function macAddress(text: string): string {
  const digits = text.replace(/[:.-]/g, '').toLowerCase();
  if (!/^[0-9a-f]{12}$/.test(digits)) throw invalid('MAC address', text);
  return (digits.match(/../g) ?? []).join(':');
}

function checkAddress(text: string): void {
  const [ip = '', prefix = ''] = text.split('/');
  const version = isIP(ip);
  if (version === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (version === 6 ? 128 : 32)) throw invalid('address with prefix', text);
}

function invalid(what: string, text: string): TsmachineError {
  return new TsmachineError('INTERNAL', `${JSON.stringify(text)} is not a valid ${what}`);
}
