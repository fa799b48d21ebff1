/** Amazon's words for what an instance's processor is. */
export type Architecture = 'x86_64' | 'arm64';

/** Who makes the images of a distribution, and how they are found. */
export interface Vendor {
  readonly login: string;
  /** Accounts that own the images: of Amazon's usual regions, of GovCloud, of China. */
  readonly owners: readonly string[];
  /** Versions that may be the newest one in this year, the newest first. */
  recent(year: number): readonly string[];
  /** The public parameter of SSM that has the id of the newest image of a version. */
  parameter(version: string, architecture: Architecture): string;
  /** What the names of these images are like, for EC2. */
  pattern(version: string): string;
  /** And exactly. */
  isNamed(name: string, version: string, architecture: Architecture): boolean;
}

/** What Canonical and Debian call them. */
const short = (architecture: Architecture) => (architecture === 'arm64' ? 'arm64' : 'amd64');
const literal = (version: string) => version.replaceAll('.', '\\.');
const from = (newest: number, oldest: number) => Array.from({ length: Math.max(0, newest - oldest + 1) }, (_, i) => newest - i);

/** A version with long support comes in April of every even year: https://ubuntu.com/about/release-cycle */
const ubuntu: Vendor = {
  login: 'ubuntu',
  owners: ['099720109477', '513442679011', '837727238323'],
  recent: (year) =>
    from(year, year - 5)
      .filter((each) => each % 2 === 0)
      .map((each) => `${each % 100}.04`),
  parameter: (version, architecture) =>
    `/aws/service/canonical/ubuntu/server/${version}/stable/current/${short(architecture)}/hvm/${diskOf(version)}/ami-id`,
  pattern: (version) => `ubuntu/images/hvm-ssd*/ubuntu-*-${version}-*-server-*`,
  isNamed: (name, version, architecture) =>
    new RegExp(`^ubuntu/images/hvm-ssd[\\w-]*/ubuntu-[a-z]+-${literal(version)}-${short(architecture)}-server-\\d+`).test(name),
};

/** Canonical's images are made for gp3 disks since 23.10. */
function diskOf(version: string): string {
  return Number(version) < 23.1 ? 'ebs-gp2' : 'ebs-gp3'; // a name, such as noble, is no number
}

/** Debian 12 came in 2023, and another one every second year: https://wiki.debian.org/DebianReleases */
const debian: Vendor = {
  login: 'admin',
  owners: ['136693071363'],
  recent: (year) => from(Math.floor((year - 1999) / 2), Math.floor((year - 1999) / 2) - 2).map(String),
  parameter: (version, architecture) => `/aws/service/debian/release/${version}/latest/${short(architecture)}`,
  pattern: (version) => `debian-${version}-*`,
  isNamed: (name, version, architecture) => new RegExp(`^debian-${literal(version)}-${short(architecture)}-\\d`).test(name),
};

/** Versions are years since 2023: https://docs.aws.amazon.com/linux/al2023/ug/get-started.html */
const amazonlinux: Vendor = {
  login: 'ec2-user',
  owners: ['amazon'],
  recent: (year) => [...from(year, Math.max(2024, year - 3)), 2023].map(String),
  parameter: (version, architecture) =>
    version === '2'
      ? `/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-${architecture}-gp2`
      : `/aws/service/ami-amazon-linux-latest/al${version}-ami-kernel-default-${architecture}`,
  pattern: (version) => (version === '2' ? 'amzn2-ami-hvm-*-gp2' : `al${version}-ami-${version}.*`),
  isNamed: (name, version, architecture) =>
    new RegExp(
      version === '2'
        ? `^amzn2-ami-hvm-[\\d.]+-${architecture}-gp2$`
        : `^al${literal(version)}-ami-${literal(version)}\\.[\\d.]+-kernel-[\\d.]+-${architecture}$`,
    ).test(name),
};

export const vendors: Readonly<Record<string, Vendor>> = { ubuntu, debian, amazonlinux };

/** The login that an image's cloud-init makes, as far as its name tells; Docker Machine's otherwise. */
export function loginOf(name: string, owner: string): string {
  const vendor = Object.values(vendors).find(({ owners }) => owners.includes(owner));
  if (vendor) return vendor.login;
  if (/debian/i.test(name)) return debian.login;
  return /\b(al20\d\d|amzn)|amazon[ -]?linux|rhel/i.test(name) ? amazonlinux.login : ubuntu.login;
}
