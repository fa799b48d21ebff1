import { isIPv4 } from 'node:net';
import { isAbsolute, join, resolve } from 'node:path';

import { TsmachineError } from '../../src/base/errors.js';
import { baseRules, checkFields, flag, id, inside, number, oneOf, optional, path } from '../../src/driver/kit/check.js';
import { baseData, intFlag, numberOf, textFlag, textOf } from '../../src/driver/kit/data.js';
import type { DriverData, ParseInput } from '../../src/driver/contract.js';
import { formatNetwork } from '../../src/base/network/cidr.js';
import { parseCidr } from './network/cidr.js';
import { isMachineId, machineId } from './identity.js';

export type EngineFrom = 'image' | 'machine';

/** The `Driver` object of config.json, typed. */
export interface NspawnConfig {
  readonly id: string;
  readonly ip: string;
  readonly suite: string;
  readonly mirror: string;
  /** Empty until a free one was found. */
  readonly cidr: string;
  /** MB; 0: no limit. */
  readonly memory: number;
  /** 0: no limit. */
  readonly cpus: number;
  readonly rootfs: string;
  readonly engine: EngineFrom;
  /** Name of the cached image under the machine; empty until it is known. */
  readonly image: string;
  /** Other networks may connect to the machine. */
  readonly open: boolean;
}

const suiteName = /^[a-z][a-z0-9.-]*$/;
const mirrorUrl = /^(https?|file):\/\/[^\s'"]+$/;
/** Room for the bridge and two machines at least; a wider range than /16 is a slip. */
const prefixes = { shortest: 16, longest: 29 };

/** @throws TsmachineError FLAG_INVALID */
export function parseConfig(input: ParseInput): DriverData {
  const { flags } = input;
  const rootfs = textFlag(flags, 'nspawn-rootfs');
  return {
    ...baseData(input, { sshUser: 'root', sshPort: 22, sshKeyPath: join(input.machineDir, 'id_ed25519') }),
    Id: machineId(input.machineDir),
    Suite: suiteFlag(textFlag(flags, 'nspawn-suite')),
    Mirror: mirrorFlag(textFlag(flags, 'nspawn-mirror')),
    CIDR: cidrFlag(textFlag(flags, 'nspawn-cidr')),
    Memory: intFlag(flags, 'nspawn-memory', { min: 0, max: 1_048_576 }),
    CPUs: intFlag(flags, 'nspawn-cpus', { min: 0, max: 1024 }),
    RootFS: rootfs === '' || isAbsolute(rootfs) ? rootfs : resolve(rootfs),
    // The image has the suite's version. Any other is installed in the machine, or refused there with the versions that are offered.
    Engine: input.engineVersion === undefined ? engineFlag(textFlag(flags, 'nspawn-engine')) : 'machine',
    Open: flags['nspawn-open'] === true,
    Image: '',
  };
}

/**
 * An id becomes part of the names of control groups and namespaces, so nothing else is accepted.
 * @throws TsmachineError CONFIG_UNREADABLE naming the field
 */
export function checkConfig(data: DriverData, { machineDir }: { readonly machineDir: string }): void {
  checkFields(data, {
    ...baseRules,
    SSHKeyPath: optional(inside(machineDir)),
    Id: (value) => (typeof value === 'string' && isMachineId(value) ? undefined : 'is not the id of a machine'),
    IPAddress: optional((value) => (typeof value === 'string' && isIPv4(value) ? undefined : 'is not an IPv4 address')),
    Suite: (value) => (typeof value === 'string' && suiteName.test(value) ? undefined : 'is not the name of a Debian release'),
    Mirror: optional((value) => (typeof value === 'string' && mirrorUrl.test(value) ? undefined : 'is not a URL of http, https or file')),
    CIDR: optional((value) => (typeof value === 'string' && rangeOf(value) === value ? undefined : 'is not an IPv4 range for machines')),
    Memory: number(0, 1_048_576),
    CPUs: number(0, 1024),
    RootFS: optional(path),
    Engine: oneOf(['image', 'machine']),
    Image: optional(id),
    Open: flag,
  });
}

export function readConfig(data: DriverData): NspawnConfig {
  return {
    id: textOf(data, 'Id'),
    ip: textOf(data, 'IPAddress'),
    suite: textOf(data, 'Suite'),
    mirror: textOf(data, 'Mirror'),
    cidr: textOf(data, 'CIDR'),
    memory: numberOf(data, 'Memory', 0),
    cpus: numberOf(data, 'CPUs', 0),
    rootfs: textOf(data, 'RootFS'),
    engine: textOf(data, 'Engine') === 'machine' ? 'machine' : 'image',
    image: textOf(data, 'Image'),
    open: data['Open'] === true,
  };
}

function suiteFlag(suite: string): string {
  if (suiteName.test(suite)) return suite;
  throw new TsmachineError('FLAG_INVALID', `--nspawn-suite ${JSON.stringify(suite)} is not the name of a Debian release`, {
    hint: 'Such as bookworm, trixie or sid',
  });
}

function mirrorFlag(mirror: string): string {
  if (mirror === '' || (mirrorUrl.test(mirror) && URL.canParse(mirror))) return mirror;
  throw new TsmachineError('FLAG_INVALID', `--nspawn-mirror ${JSON.stringify(mirror)} is not a URL of http, https or file`);
}

function cidrFlag(text: string): string {
  if (text === '') return '';
  const range = rangeOf(text);
  if (range !== undefined) return range;
  const { shortest, longest } = prefixes;
  throw new TsmachineError('FLAG_INVALID', `--nspawn-cidr ${JSON.stringify(text)} is not an IPv4 range from /${shortest} to /${longest}`, {
    hint: 'Such as 10.210.0.0/24',
  });
}

/** A range that machines can live in, as it is written down; undefined for anything else. */
function rangeOf(text: string): string | undefined {
  const cidr = parseCidr(text);
  const { shortest, longest } = prefixes;
  const fits = cidr && text.includes('/') && cidr.prefix >= shortest && cidr.prefix <= longest;
  return fits && cidr.address >= 2 ** 24 && cidr.address < 224 * 2 ** 24 ? formatNetwork(cidr) : undefined;
}

function engineFlag(text: string): EngineFrom {
  if (text === 'image' || text === 'machine') return text;
  throw new TsmachineError('FLAG_INVALID', `--nspawn-engine must be "image" or "machine", not ${JSON.stringify(text)}`);
}
