import { isIP } from 'node:net';

import { TsmachineError } from '../base/errors.js';

export interface GuestAdapter {
  /** The adapter's address as the hypervisor has it, in any spelling: `080027A1B2C3`, `08-00-27-a1-b2-c3`. */
  readonly mac: string;
  /** `address/prefix`; without one the adapter asks DHCP. */
  readonly addresses?: readonly string[];
  /** Only with addresses: the adapter that leads out has one. */
  readonly gateway?: string;
  readonly nameservers?: readonly string[];
  /** The guest's way out does not go by what this adapter's DHCP server offers: a network of the computer alone. */
  readonly noDefaultRoute?: boolean;
}

/**
 * The `network-config` (version 2) of a guest with several adapters or fixed addresses. Adapters are known by their MAC addresses: their
 * names differ from image to image. None of them is waited for at boot but the first.
 *
 * Debian's cloud images bring a netplan file of their own, whose `all-en` and `all-eth` take every adapter called en* or eth*. networkd goes by
 * the first of these words that fits, so ours come before those. And adapters keep their names: with others, each boot but the first would wait
 * two minutes for the old ones, which the image's file has netplan wait for. Without them cloud-init looks the names up, since 22.3.
 * @throws TsmachineError INTERNAL for what is no MAC address, address or gateway
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

/** A MAC address as cloud-init compares it: small letters, colons. */
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
  return new TsmachineError('INTERNAL', `${JSON.stringify(text)} is no ${what}`);
}
