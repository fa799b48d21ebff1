import type { ServerHostKeyAlgorithm } from 'ssh2';

import type { TsmachineError } from '../../base/errors.js';
import { keyType, type ExpectedKey } from '../../base/ssh/host-key.js';
import type { Io } from '../../base/io.js';

import { findHostKeys, fingerprint, pinHostKey, shortType, type HostAddress } from './known-hosts.js';
import { changed, otherThanExpected, revoked, unknown } from './refusals.js';
import { at } from '../dial/place.js';
import { readSource, userSource, type Contact, type Source } from './sources.js';

/** What the check of one host's key needs to know. */
export interface TrustRequest extends Contact {
  /** The key that the user said the host has. */
  readonly expected?: ExpectedKey | undefined;
  /** The fingerprint of the host's key, where an authority of the user's known-hosts files vouches for it. Asked only when it matters. */
  readonly certified?: (() => Promise<string | undefined>) | undefined;
  /** Types of keys that were presented and are not the expected one: another type is asked for. */
  readonly passedOver?: readonly string[];
  readonly io: Io;
}

/** The check of one host's key. */
export interface HostTrust {
  /** The key types to negotiate: those with a known key come first, so that a host's other key is not mistaken for a changed one. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** Checks the key that the host presents. @returns the error to close the connection with; undefined for a key that is accepted */
  check(key: Buffer): TsmachineError | undefined;
  /** The type of the key that was refused, when the expected one may be of another type that is left: only its fingerprint is known. */
  refusedType(): string | undefined;
  /** Pins the accepted key if it is not pinned yet; called after the login, because a booting host may still replace its keys. */
  pin(): Promise<void>;
}

const offered: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/**
 * Reads the known keys of a host. What is pinned in the machine's own file decides. At the first contact the key that the user told us to
 * expect does, then the known-hosts files of the user's ssh configuration.
 * @throws TsmachineError CONFIG_UNREADABLE for a file that is there and cannot be read
 */
export async function hostTrust(request: TrustRequest): Promise<HostTrust> {
  const { place, knownHostsFile, expected, settings } = request;
  const byAddress: HostAddress = { host: place.host, port: place.port };
  const pinName: HostAddress = place.isJump ? byAddress : { host: place.machine };
  const own = await readSource([knownHostsFile], [pinName], findHostKeys);
  const ownByAddress = place.isJump || own.plain.length > 0 ? undefined : await readSource([knownHostsFile], [byAddress], findHostKeys);
  const users = await userSource(request);
  const isFirst = own.plain.length === 0 && (ownByAddress?.plain.length ?? 0) === 0;
  const vouched = isFirst && expected === undefined && users.authorities.length > 0 ? await request.certified?.() : undefined;
  const strict = settings?.strictHostKeys ?? 'ask';
  let accepted: { key: string; print: string; pinned: boolean; known: boolean } | undefined;
  let refused: string | undefined;

  /** Whether the key is known; or why it is refused. */
  const judge = (base64: string, print: string): boolean | TsmachineError => {
    const isKey = (source: Source | undefined) => source?.plain.some((entry) => entry.base64 === base64) === true;
    for (const source of [own, ownByAddress, users]) {
      const entry = source?.revoked.find((one) => one.base64 === base64);
      if (entry !== undefined) return revoked(place, entry, print);
    }
    for (const source of [own, ownByAddress]) {
      if (source !== undefined && source.plain.length > 0) return isKey(source) || changed(place, source, print);
    }
    if (expected !== undefined) return matches(expected, base64) || otherThanExpected(request, { pinName, print, expected });
    if (isKey(users) || users.withoutPort.some((entry) => entry.base64 === base64) || fingerprint(base64) === vouched) return true;
    if (users.plain.length > 0 && strict !== 'no') return changed(place, users, print);
    return request.unknownHostKey === 'refuse' || strict === 'yes' ? unknown(request, { pinName, print, files: users.files }) : false;
  };

  const known = [...own.plain, ...(ownByAddress?.plain ?? []), ...typed(expected), ...(isFirst ? users.plain : [])];
  const algorithms = preferred(known, request.passedOver ?? []);
  return {
    algorithms,
    check(blob) {
      const base64 = blob.toString('base64');
      const type = keyType(base64) ?? 'unknown';
      const print = `${shortType(type)} ${fingerprint(base64)}`;
      const verdict = judge(base64, print);
      if (typeof verdict !== 'boolean') {
        const mayBeOther = isFirst && expected !== undefined && 'print' in expected;
        refused = mayBeOther && algorithms.some((algorithm) => typeOf(algorithm) !== type) ? type : undefined;
        return verdict;
      }
      accepted = { key: `${type} ${base64}`, print, known: verdict, pinned: own.plain.some((entry) => entry.base64 === base64) };
      return undefined;
    },
    refusedType: () => refused,
    async pin() {
      if (accepted === undefined || accepted.pinned) return;
      await pinHostKey(knownHostsFile, pinName, accepted.key);
      if (!accepted.known) request.io.info(`Host key of ${at(place)} is trusted from now on: ${accepted.print}`);
    },
  };
}

function matches(expected: ExpectedKey, base64: string): boolean {
  return 'print' in expected ? expected.print === fingerprint(base64) : expected.base64 === base64;
}

function typed(expected: ExpectedKey | undefined): { type: string }[] {
  return expected === undefined || 'print' in expected ? [] : [expected];
}

/** The type of the keys that an algorithm signs with (RFC 8332). */
function typeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm;
}

function preferred(entries: readonly { readonly type: string }[], passedOver: readonly string[]): ServerHostKeyAlgorithm[] {
  const types = new Set(entries.map((entry) => entry.type));
  const left = offered.filter((algorithm) => !passedOver.includes(typeOf(algorithm)));
  const isKnown = (algorithm: string) => types.has(typeOf(algorithm));
  return [...left.filter(isKnown), ...left.filter((algorithm) => !isKnown(algorithm))];
}
