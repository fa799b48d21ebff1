import { basename, isAbsolute } from 'node:path';

import { parseImageChoice } from '../../src/guest/image/choice.js';
import { TsmachineError } from '../../src/base/errors.js';
import { forms } from '../../src/base/forms.js';
import { baseRules, checkFields, flag, inside, number, oneOf, optional, path, port, text, type Rule } from '../../src/driver/kit/check.js';
import type { DriverData } from '../../src/driver/contract.js';
import { nicTypes, promiscuousModes, uiTypes } from './choices.js';
import { limits } from './config.js';
import { parseHostCidr } from './network/host-cidr.js';

/** @throws TsmachineError CONFIG_UNREADABLE naming the field */
export function checkConfig(data: DriverData, { machineDir }: { readonly machineDir: string }): void {
  const imports = typeof data['Boot2DockerImportVM'] === 'string' && data['Boot2DockerImportVM'] !== '';
  checkFields(data, {
    ...baseRules,
    MachineName: machineName,
    SSHKeyPath: optional(imports ? either(inside(machineDir), boot2dockerKey) : inside(machineDir)),
    VBoxManager: object,
    HostInterfaces: object,
    CPU: number(limits.cpus.min, limits.cpus.max),
    Memory: number(limits.memory.min, limits.memory.max),
    DiskSize: number(limits.diskSize.min, limits.diskSize.max),
    NatNicType: oneOf(nicTypes),
    Boot2DockerURL: iso,
    Boot2DockerImportVM: optional(noOption),
    HostDNSResolver: flag,
    HostOnlyCIDR: optional(hostCidr),
    HostOnlyNicType: oneOf(nicTypes),
    HostOnlyPromiscMode: oneOf(promiscuousModes),
    UIType: oneOf(uiTypes),
    HostOnlyNoDHCP: flag,
    NoShare: flag,
    DNSProxy: flag,
    NoVTXCheck: flag,
    ShareFolder: optional(shareFolder),
    Image: optional(image),
    NatOnly: flag,
    VMId: optional(uuid),
    EngineAtBoot: flag,
    BaseDisk: optional(path),
    Built: flag,
    EnginePort: port,
  });
}

/** It becomes a VM's name, and part of paths. */
const machineName: Rule = (value) => text(value) ?? (forms.machineName.fits(value as string) ? undefined : 'is not the name of a machine');

/** Where a program takes it for a name, it must not look like an option. */
const noOption: Rule = (value) => text(value) ?? ((value as string).startsWith('-') ? 'begins with "-"' : undefined);

/** The key that boot2docker's own tool made, in the user's home. */
const boot2dockerKey: Rule = (value) =>
  path(value) ?? (basename(value as string) === 'id_boot2docker' ? undefined : "is neither in the machine's folder nor boot2docker's own");

const object: Rule = (value) => (typeof value === 'object' && !Array.isArray(value) ? undefined : 'is not an object');

const uuid: Rule = (value) =>
  text(value) ?? (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value as string) ? undefined : 'is not a UUID');

const hostCidr: Rule = (value) => text(value) ?? refusal(() => parseHostCidr(value as string), 'is not an IPv4 address with its prefix');

/** A path may be relative: Docker Machine wrote it as it was typed. */
const iso: Rule = (value) =>
  text(value) ??
  noOption(value) ??
  (/^(https?|file):/i.test(value as string) && !URL.canParse(value as string) ? 'is not a URL' : undefined);

/** The names that tsmachine knows change from version to version: any short name passes. */
const image: Rule = (value) => {
  const fault = text(value);
  if (fault !== undefined) return fault;
  const word = value as string;
  if (/^https?:/i.test(word)) return refusal(() => parseImageChoice(word, 'virtualbox-image'), 'is not a URL with its checksum');
  return isAbsolute(word) || /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/.test(word)
    ? undefined
    : 'is neither an image name, a URL nor an absolute path';
};

/** The guest mounts it at `/NAME`. */
const shareFolder: Rule = (value) =>
  noOption(value) ?? (/(^|[\\/:])\.\.([\\/]|$)/.test(value as string) || /:-[^:]*$/.test(value as string) ? 'is not DIR:NAME' : undefined);

function either(one: Rule, other: Rule): Rule {
  return (value) => (one(value) === undefined ? undefined : other(value));
}

function refusal(parse: () => unknown, otherwise: string): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (TsmachineError.is(error)) return otherwise; // its own message names the flag
    throw error;
  }
}
