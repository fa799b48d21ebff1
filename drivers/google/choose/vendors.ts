/** Google's words for what a processor is. */
export type Architecture = 'X86_64' | 'ARM64';

/** Who makes the images of a distribution, and how they are found. */
export interface Vendor {
  /** The project that has the images. */
  readonly project: string;
  /** Versions that may be the newest one in this year, the newest first. */
  recent(year: number): readonly string[];
  /** The family of a version: it stands for its newest image. */
  family(version: string, architecture: Architecture): string;
}

const from = (newest: number, oldest: number) => Array.from({ length: Math.max(0, newest - oldest + 1) }, (_, i) => newest - i);

/** Families of Canonical name every processor since 23.10. A version with long support comes in April of every even year. */
const ubuntu: Vendor = {
  project: 'ubuntu-os-cloud',
  recent: (year) =>
    from(year, year - 5)
      .filter((each) => each % 2 === 0)
      .map((each) => `${each % 100}.04`),
  family: (version, architecture) => {
    const digits = version.replace('.', '');
    if (architecture === 'ARM64') return `ubuntu-${digits}-lts-arm64`;
    return Number(version) < 23.1 ? `ubuntu-${digits}-lts` : `ubuntu-${digits}-lts-amd64`;
  },
};

/** Debian 12 came in 2023, and another one every second year: https://wiki.debian.org/DebianReleases */
const debian: Vendor = {
  project: 'debian-cloud',
  recent: (year) => from(Math.floor((year - 1999) / 2), Math.floor((year - 1999) / 2) - 2).map(String),
  family: (version, architecture) => `debian-${version}${architecture === 'ARM64' ? '-arm64' : ''}`,
};

export const vendors: Readonly<Record<string, Vendor>> = { ubuntu, debian };

/** Series of machine types with other processors than those of Intel and AMD (cloud.google.com/compute/docs/instances/arm-on-compute). */
export function architectureOf(type: string): Architecture {
  return /^(t2a|c4a|n4a|a4x)-/.test(type) ? 'ARM64' : 'X86_64';
}
