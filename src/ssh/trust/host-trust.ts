import { homedir } from 'node:os';
import { join } from 'node:path';

import type { ServerHostKeyAlgorithm } from 'ssh2';

import { TsmachineError } from '../../base/errors.js';
import type { Io } from '../../base/io.js';

import { findHostKeys, fingerprint, knownHostsName, pinHostKey, type HostAddress, type KnownHost } from './known-hosts.js';
import { at, type Place } from '../dial/place.js';
import { quote } from '../../base/quote.js';

/** What the check of one host's key needs to know. */
export interface TrustRequest {
  readonly place: Place;
  readonly knownHostsFile: string;
  readonly unknownHostKey: 'trust' | 'refuse';
  /** The name ssh would look for in the user's own known_hosts when it is not the host's (HostKeyAlias). */
  readonly userAlias?: string | undefined;
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
}

/** The check of one host's key. */
export interface HostTrust {
  /** The key types to negotiate: those with a known key come first, so that a host's other key is not mistaken for a changed one. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** Checks the key that the host presents. @returns the error to close the connection with; undefined for a key that is accepted */
  check(key: Buffer): TsmachineError | undefined;
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

/** Reads the known keys of a host: from the machine's own file first, then from the user's and the system's known_hosts. */
export async function hostTrust(request: TrustRequest): Promise<HostTrust> {
  const { place, knownHostsFile } = request;
  const byAddress: HostAddress = { host: place.host, port: place.port };
  const pinName: HostAddress = place.isJump ? byAddress : { host: place.machine };
  const own = await findHostKeys(knownHostsFile, pinName);
  const ownByAddress = place.isJump || own.length > 0 ? [] : await findHostKeys(knownHostsFile, byAddress);
  const sources: Source[] = [
    { file: knownHostsFile, name: knownHostsName(pinName), entries: own },
    { file: knownHostsFile, name: knownHostsName(byAddress), entries: ownByAddress },
    ...(own.length + ownByAddress.length > 0 ? [] : await userSources(request, byAddress)),
  ];
  let accepted: { key: string; print: string; type: string; pinned: boolean; known: boolean } | undefined;

  return {
    algorithms: preferred(sources.flatMap((source) => source.entries)),
    check(blob) {
      const key = { type: blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1'), base64: blob.toString('base64') };
      const print = `${shortType(key.type)} ${fingerprint(key.base64)}`;
      let known = false;
      for (const source of sources) {
        const same = source.entries.find((entry) => entry.base64 === key.base64);
        if (same?.marker === '@revoked') return revoked(place, source, print);
        const plain = source.entries.filter((entry) => entry.marker === undefined);
        if (plain.length === 0) continue;
        if (same === undefined) return changed(place, source, plain, print);
        known = true;
        break;
      }
      if (!known && request.unknownHostKey === 'refuse') return unknown(request, pinName, print);
      accepted = {
        key: `${key.type} ${key.base64}`,
        print,
        type: key.type,
        known,
        pinned: own.some((entry) => entry.base64 === key.base64),
      };
      return undefined;
    },
    async pin() {
      if (accepted === undefined || accepted.pinned) return;
      await pinHostKey(knownHostsFile, pinName, accepted.key);
      if (!accepted.known) request.io.info(`Host key of ${at(place)} is trusted from now on: ${accepted.print}`);
    },
  };
}

interface Source {
  readonly file: string;
  readonly name: string;
  readonly entries: readonly KnownHost[];
}

async function userSources({ env, userAlias }: TrustRequest, byAddress: HostAddress): Promise<Source[]> {
  const home = env['HOME'] ?? homedir();
  const files = [join(home, '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'];
  const wanted = userAlias === undefined ? byAddress : { host: userAlias };
  return Promise.all(files.map(async (file) => ({ file, name: knownHostsName(wanted), entries: await findHostKeys(file, wanted) })));
}

function preferred(entries: readonly KnownHost[]): ServerHostKeyAlgorithm[] {
  const types = new Set(entries.filter((entry) => entry.marker === undefined).map((entry) => entry.type));
  const isKnown = (algorithm: string) => types.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...offered.filter(isKnown), ...offered.filter((algorithm) => !isKnown(algorithm))];
}

function shortType(type: string): string {
  return type
    .replace(/^ssh-/, '')
    .replace(/-sha2-nistp\d+$/, '')
    .toUpperCase();
}

function changed(place: Place, source: Source, pinned: readonly KnownHost[], print: string): TsmachineError {
  const before = pinned.map((entry) => `${shortType(entry.type)} ${fingerprint(entry.base64)}`).join(', ');
  return new TsmachineError(
    'SSH_HOST_KEY_CHANGED',
    `The host key of ${at(place)} has changed: known is ${before}, presented was ${print}`,
    {
      hint:
        'Somebody may be intercepting the connection, or another host has this address now. If you know why it changed: ' +
        `ssh-keygen -R ${quote(source.name)} -f ${quote(source.file)}`,
    },
  );
}

function revoked(place: Place, source: Source, print: string): TsmachineError {
  return new TsmachineError('SSH_HOST_KEY_CHANGED', `The host key of ${at(place)}, ${print}, is marked as revoked in ${source.file}`, {
    hint: 'Do not use this host until it has a new key.',
  });
}

function unknown({ place, knownHostsFile }: TrustRequest, pinName: HostAddress, print: string): TsmachineError {
  return new TsmachineError(
    'SSH_HOST_KEY_UNKNOWN',
    `The host key of ${at(place)}, ${print}, is not known, and this machine's key may not be trusted on first use`,
    {
      hint:
        `Compare it with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then add the key to ${knownHostsFile} ` +
        `under the name ${knownHostsName(pinName)}: ssh-keyscan -p ${place.port} ${place.host}`,
    },
  );
}
