import type { OsRelease } from '../look/os-release.js';

/** Where Docker publishes its own packages for a distribution. */
export interface DockerRepository {
  /** `https://download.docker.com/linux/debian`. */
  readonly url: string;
  /** The release as that repository names it: a codename for apt, a major version for rpm. */
  readonly release: string;
  /** Fingerprint of the key that signs its packages. */
  readonly fingerprint: string;
}

export interface DistributionPackages {
  /** The engine first. */
  readonly packages: readonly string[];
  /** Also installed where they exist. */
  readonly optional?: readonly string[];
}

/** How an engine is installed on the hosts of a family. */
export interface PackageSource {
  /** The scripts below templates/ that install and upgrade. */
  readonly template: string;
  readonly upgrade: string;
  /** The distribution's own packages of an engine; undefined when it ships none. */
  distro(os: OsRelease): DistributionPackages | undefined;
  /** Docker's own packages for this distribution, undefined when Docker makes none. */
  docker(os: OsRelease, arch: string): DockerRepository | undefined;
}

export interface Distribution {
  /** The name of the family: distributions that are provisioned in the same way. */
  readonly family: string;
  /** The distributions that belong to it, as the message about an unsupported system lists them. */
  readonly covers: string;
  matches(os: OsRelease): boolean;
  /** The name in "Provisioning with NAME...", as Docker Machine printed it. */
  provisioner(os: OsRelease): string;
  /** Absent where the engine is part of the system image. */
  readonly packages?: PackageSource;
  /** Where the engine is part of the system image: how to upgrade both, as commands or words for a person. */
  systemUpgrade?(os: OsRelease): string;
}

/** Whether the system's ID, or one entry of its ID_LIKE, is among `ids`. */
export function isLike(os: OsRelease, ...ids: readonly string[]): boolean {
  return ids.includes(os.id) || os.idLike.some((id) => ids.includes(id));
}

export const dockerSite = 'https://download.docker.com/linux';

/** Docker's own packages have the same names on every distribution. */
export const dockerPackages = ['docker-ce', 'docker-ce-cli', 'containerd.io'] as const;
