import { TsmachineError } from '../../base/errors.js';
import type { ExpectedKey } from '../../base/ssh/host-key.js';
import { quote } from '../../base/quote.js';

import { at, type Place } from '../dial/place.js';
import { fingerprint, knownHostsName, shortType, type HostAddress } from './known-hosts.js';
import type { Contact, Known, Source } from './sources.js';

/** Another key is known. */
export function changed(place: Place, source: Source, print: string): TsmachineError {
  const before = source.plain.map((entry) => `${shortType(entry.type)} ${fingerprint(entry.base64)} (${entry.file}:${entry.line})`);
  const { file, name } = source.plain[0] ?? { file: '', name: place };
  return new TsmachineError(
    'SSH_HOST_KEY_CHANGED',
    `The host key of ${at(place)} has changed: known is ${before.join(', ')}, presented was ${print}`,
    {
      hint:
        'Somebody may be intercepting the connection, or another host has this address now. If you know why it changed: ' +
        `ssh-keygen -R ${quote(knownHostsName(name))} -f ${quote(file)}`,
    },
  );
}

/** The user said which key the host has, and this is another one. */
export function otherThanExpected(
  { place, knownHostsFile }: Contact,
  found: { readonly pinName: HostAddress; readonly print: string; readonly expected: ExpectedKey },
): TsmachineError {
  const { expected } = found;
  const wanted = 'print' in expected ? expected.print : `${shortType(expected.type)} ${fingerprint(expected.base64)}`;
  return new TsmachineError(
    'SSH_HOST_KEY_CHANGED',
    `The host key of ${at(place)} is not the expected one: expected is ${wanted}, presented was ${found.print}`,
    {
      hint:
        'Somebody may be intercepting the connection, or another host has this address. Compare with what the host itself says: ' +
        `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. If it got a new key, add that to ${knownHostsFile} ` +
        `under the name ${knownHostsName(found.pinName)}`,
    },
  );
}

export function revoked(place: Place, entry: Known, print: string): TsmachineError {
  return new TsmachineError(
    'SSH_HOST_KEY_CHANGED',
    `The host key of ${at(place)}, ${print}, is marked as revoked in ${entry.file}:${entry.line}`,
    { hint: 'Do not use this host until it has a new key.' },
  );
}

/** The key is known nowhere, and must be: the machine's was made with it, or the user's ssh configuration asks for it. */
export function unknown(
  { place, knownHostsFile, unknownHostKey, settings }: Contact,
  found: { readonly pinName: HostAddress; readonly print: string; readonly files: readonly string[] },
): TsmachineError {
  const compare = "Compare it with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then ";
  const scan = `ssh-keyscan -p ${place.port} ${place.host}`;
  if (unknownHostKey === 'refuse') {
    return new TsmachineError(
      'SSH_HOST_KEY_UNKNOWN',
      `The host key of ${at(place)}, ${found.print}, is not known, and this machine's key may not be trusted on first use`,
      { hint: `${compare}add the key to ${knownHostsFile} under the name ${knownHostsName(found.pinName)}: ${scan}` },
    );
  }
  const alias = settings?.hostKeyAlias;
  return new TsmachineError(
    'SSH_HOST_KEY_UNKNOWN',
    `The host key of ${at(place)}, ${found.print}, is not known, and your ssh configuration says StrictHostKeyChecking yes for it`,
    {
      hint: `${compare}add it to ${found.files[0] ?? knownHostsFile}` + `${alias === undefined ? '' : ` under the name ${alias}`}: ${scan}`,
    },
  );
}
