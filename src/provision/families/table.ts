import type { OsRelease } from '../look/os-release.js';
import { alpine } from './alpine.js';
import { arch } from './arch.js';
import { boot2docker } from './boot2docker.js';
import { debian } from './debian.js';
import type { Distribution, Family } from './family.js';
import { preinstalled } from './preinstalled.js';
import { rhel } from './rhel.js';
import { suse } from './suse.js';
import { unknown } from './unknown.js';

/** The first that matches is it: systems that only resemble another one stand before that one. */
const distributions: readonly Distribution[] = [boot2docker, preinstalled, debian, rhel, suse, arch, alpine, unknown];

export function findFamily(os: OsRelease): Family {
  return distributions.find((distribution) => distribution.matches(os))?.family ?? 'unknown';
}

export function distributionOf(family: Family): Distribution {
  return distributions.find((distribution) => distribution.family === family) ?? unknown;
}

/** What an engine can be installed on or configured on, for the message about an unknown system. */
export function supportedSystems(): string {
  return distributions
    .map((distribution) => distribution.covers)
    .filter((text) => text !== '')
    .join('; ');
}
