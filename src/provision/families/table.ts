import type { OsRelease } from '../look/os-release.js';
import { alpine } from './alpine.js';
import { arch } from './arch.js';
import { boot2docker } from './boot2docker.js';
import { debian } from './debian.js';
import type { Distribution } from './family.js';
import { preinstalled } from './preinstalled.js';
import { rhel } from './rhel.js';
import { suse } from './suse.js';
import { unknown } from './unknown.js';

/**
 * Every family, in the order in which they are tried: a system that only resembles another one comes before that one.
 *
 * A new family: copy `arch.ts` and add it here. A new package manager also needs `install-`, `upgrade-` and `part-<manager>.sh` in
 * `templates/provision/`, and a line in `install-script.sh` there, which installs curl with it.
 */
const families = [boot2docker, preinstalled, debian, rhel, suse, arch, alpine, unknown] as const;
const distributions: readonly Distribution[] = families;

export type Family = (typeof families)[number]['family'];

export function findFamily(os: OsRelease): Family {
  return families.find((distribution) => distribution.matches(os))?.family ?? 'unknown';
}

export function distributionOf(family: Family): Distribution {
  return distributions.find((distribution) => distribution.family === family) ?? unknown;
}

/** The systems that tsmachine can install or configure an engine on, for the message about an unsupported one. */
export function supportedSystems(): string {
  return distributions
    .map((distribution) => distribution.covers)
    .filter((text) => text !== '')
    .join('; ');
}
