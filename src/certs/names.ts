import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

import { TsmachineError } from '../base/errors.js';
import { isDnsName } from '../base/forms.js';

export interface AlternativeNames {
  readonly dns: readonly string[];
  /** In canonical form: IPv6 compressed and in lower case. */
  readonly ips: readonly string[];
}

/**
 * Splits names into host names and addresses, without duplicates; brackets and zones of IPv6 addresses are dropped.
 * @throws TsmachineError FLAG_INVALID for a name that is neither a host name nor an address.
 */
export function alternativeNames(names: readonly string[]): AlternativeNames {
  const dns = new Set<string>();
  const ips = new Set<string>();
  for (const name of names) {
    const ip = canonicalIp(name);
    if (ip === undefined) dns.add(dnsName(name));
    else ips.add(ip);
  }
  return { dns: [...dns], ips: [...ips] };
}

/** The canonical spelling of an IP address; undefined for anything else. */
export function canonicalIp(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return undefined;
  return family === 4 ? bare : new URL(`http://[${bare}]`).hostname.slice(1, -1);
}

function dnsName(text: string): string {
  const ascii = domainToASCII(text.replace(/\.$/, '').replace(/^\*\./, ''));
  if (!isDnsName(ascii) || ascii.endsWith('.'))
    throw new TsmachineError('FLAG_INVALID', `"${text}" is neither a host name nor an IP address`, { hint: 'Check --tls-san.' });
  return text.startsWith('*.') ? `*.${ascii}` : ascii;
}
