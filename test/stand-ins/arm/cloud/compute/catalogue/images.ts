import { same } from '../../../world/json.js';

export interface Image {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly versions: readonly string[];
  readonly arm: boolean;
  readonly generation: 'V1' | 'V2';
  /** Gigabytes of its disk. */
  readonly gigabytes: number;
  /** It is sold by somebody, who wants his terms accepted. */
  readonly plan?: boolean;
}

type Row = readonly [offer: string, sku: string, kind: 'V1' | 'V2' | 'arm'];

function rows(publisher: string, gigabytes: number, versions: readonly string[], ...table: Row[]): Image[] {
  return table.map(([offer, sku, kind]) => ({
    publisher,
    offer,
    sku,
    versions,
    arm: kind === 'arm',
    generation: kind === 'V1' ? 'V1' : 'V2',
    gigabytes,
  }));
}

const noble = ['24.04.202609120', '24.04.202610170', '24.04.202611180'];
const resolute = ['26.04.202608140', '26.04.202611180'];
const jammy = ['22.04.202610140', '22.04.202611120'];
const trixie = ['0.20260922.2245', '0.20261108.2289'];

/** Some of the marketplace of November 2026. UbuntuServer, of Docker Machine's default image, is not there any more. */
export const images: readonly Image[] = [
  ...rows(
    'Canonical',
    30,
    resolute,
    ['ubuntu-26_04-lts', 'server', 'V2'],
    ['ubuntu-26_04-lts', 'server-gen1', 'V1'],
    ['ubuntu-26_04-lts', 'server-arm64', 'arm'],
    ['ubuntu-26_04-lts', 'minimal', 'V2'],
  ),
  ...rows(
    'Canonical',
    30,
    noble,
    ['ubuntu-24_04-lts', 'server', 'V2'],
    ['ubuntu-24_04-lts', 'server-gen1', 'V1'],
    ['ubuntu-24_04-lts', 'server-arm64', 'arm'],
    ['ubuntu-24_04-lts', 'minimal', 'V2'],
  ),
  ...rows('Canonical', 30, ['25.10.202610300'], ['ubuntu-25_10', 'server', 'V2'], ['ubuntu-25_10', 'server-arm64', 'arm']),
  ...rows(
    'Canonical',
    30,
    jammy,
    ['0001-com-ubuntu-server-jammy', '22_04-lts', 'V1'],
    ['0001-com-ubuntu-server-jammy', '22_04-lts-gen2', 'V2'],
    ['0001-com-ubuntu-server-jammy', '22_04-lts-arm64', 'arm'],
  ),
  ...rows('Debian', 30, trixie, ['debian-13', '13', 'V1'], ['debian-13', '13-gen2', 'V2'], ['debian-13', '13-arm64', 'arm']),
  ...rows('Debian', 30, ['0.20260909.2230'], ['debian-12', '12', 'V1'], ['debian-12', '12-gen2', 'V2'], ['debian-12', '12-arm64', 'arm']),
  ...rows('RedHat', 64, ['9.6.2026101009'], ['RHEL', '96-gen2', 'V2']),
  ...rows('center-for-internet-security-inc', 30, ['1.0.9'], ['cis-ubuntu', 'cis-ubuntulinux2404-l1-gen2', 'V2']).map((image) => ({
    ...image,
    plan: true,
  })),
];

/** The newest version has the highest numbers. */
export function newest({ versions }: Image): string {
  return [...versions].sort(compareVersions).at(-1) ?? '';
}

export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (const [i, part] of left.entries()) if (part !== right[i]) return part - (right[i] ?? 0);
  return 0;
}

export function imageNamed(publisher?: string, offer?: string, sku?: string): Image | undefined {
  return images.find((each) => same(each.publisher, publisher) && same(each.offer, offer) && same(each.sku, sku));
}
