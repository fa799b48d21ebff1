import { isAbsolute } from 'node:path';

import { TsmachineError } from '../../src/base/errors.js';
import { forms } from '../../src/base/forms.js';
import { baseRules, checkFields, flag, inside, number, optional, path, text, type Rule } from '../../src/driver/kit/check.js';
import type { DriverData } from '../../src/driver/contract.js';
import { parseImageChoice } from '../../src/guest/image/choice.js';
import { limits } from './config.js';

/** @throws TsmachineError CONFIG_UNREADABLE naming the field */
export function checkConfig(data: DriverData, { machineDir }: { readonly machineDir: string }): void {
  checkFields(data, {
    ...baseRules,
    MachineName: machineName,
    SSHKeyPath: optional(inside(machineDir)),
    Boot2DockerURL: iso,
    VSwitch: text,
    DiskSize: number(limits.diskSize.min, limits.diskSize.max),
    MemSize: number(limits.memory.min, limits.memory.max),
    CPU: number(limits.cpus.min, limits.cpus.max),
    MacAddr: optional(mac),
    VLanID: number(limits.vlan.min, limits.vlan.max),
    DisableDynamicMemory: flag,
    DisableSecureBoot: flag,
    Image: optional(image),
    Mark: optional(uuid),
    VMId: optional(uuid),
    EngineAtBoot: flag,
    BaseDisk: optional(path),
    Built: flag,
  });
}

/** It becomes a VM's name and a part of paths. */
const machineName: Rule = (value) => text(value) ?? (forms.machineName.fits(value as string) ? undefined : 'is not the name of a machine');

const uuid: Rule = (value) =>
  text(value) ?? (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value as string) ? undefined : 'is not a UUID');

/** Docker Machine kept the separators that were typed. */
const mac: Rule = (value) =>
  text(value) ?? (/^[0-9a-f]{2}([:-]?[0-9a-f]{2}){5}$/i.test(value as string) ? undefined : 'is not a MAC address');

/** A path may be relative: Docker Machine wrote it as it was typed. */
const iso: Rule = (value) =>
  text(value) ?? (/^(https?|file):/i.test(value as string) && !URL.canParse(value as string) ? 'is not a URL' : undefined);

/** The names that tsmachine knows change from version to version: any short name passes. */
const image: Rule = (value) => {
  const fault = text(value);
  if (fault !== undefined) return fault;
  const word = value as string;
  if (/^https?:/i.test(word)) return isImageUrl(word) ? undefined : 'is not a URL with its checksum';
  return isAbsolute(word) || /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/.test(word)
    ? undefined
    : 'is neither an image name, a URL nor an absolute path';
};

function isImageUrl(word: string): boolean {
  try {
    return parseImageChoice(word, 'hyperv-image').kind === 'url';
  } catch (error) {
    if (TsmachineError.is(error)) return false; // its own message names the flag
    throw error;
  }
}
