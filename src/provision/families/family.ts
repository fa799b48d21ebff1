import type { OsRelease } from '../look/os-release.js';

/** The groups of distributions that are provisioned alike. */
export type Family = 'debian' | 'rhel' | 'suse' | 'arch' | 'alpine' | 'preinstalled' | 'boot2docker' | 'unknown';

/** Where Docker's own packages for a distribution are. */
export interface DockerRepository {
  /** `https://download.docker.com/linux/debian`. */
  readonly url: string;
  /** The release as that repository names it: a codename for apt, a major version for rpm. */
  readonly release: string;
}

export interface DistributionPackages {
  /** The engine first. */
  readonly packages: readonly string[];
  /** Installed too where they exist. */
  readonly optional?: readonly string[];
}

/** How packages get onto a family's hosts. */
export interface PackageSource {
  /** The installing and the upgrading script below templates/. */
  readonly template: string;
  readonly upgrade: string;
  /** The distribution's packages that make up an engine; undefined when it ships none. */
  distro(os: OsRelease): DistributionPackages | undefined;
  /** Docker's own packages for this distribution, undefined when Docker makes none. */
  docker(os: OsRelease, arch: string): DockerRepository | undefined;
}

export interface Distribution {
  readonly family: Family;
  /** What belongs to it, as the message about an unknown system names it. */
  readonly covers: string;
  matches(os: OsRelease): boolean;
  /** The name in "Provisioning with NAME..." (specification 6.1). */
  provisioner(os: OsRelease): string;
  /** Absent where the engine comes with the system. */
  readonly packages?: PackageSource;
  /** Where the engine comes with the system: how the two are brought up to date. */
  systemUpgrade?(os: OsRelease): string;
}

/** The identifier itself or one of those it says it is like. */
export function isLike(os: OsRelease, ...ids: readonly string[]): boolean {
  return ids.includes(os.id) || os.idLike.some((id) => ids.includes(id));
}

export const dockerSite = 'https://download.docker.com/linux';

/** Docker's own packages have the same names wherever Docker makes any. */
export const dockerPackages = ['docker-ce', 'docker-ce-cli', 'containerd.io'] as const;
