/** Azure's words for what a machine's processor is. */
export type Architecture = 'x64' | 'arm64';

/** Who publishes the images of a distribution, and how they are called. */
export interface Vendor {
  readonly publisher: string;
  /** The version that an offer is of; undefined for other offers. @param year of now */
  versionOf(offer: string): string | undefined;
  /** Whether it is one to be taken when none is named. */
  isLasting(version: string): boolean;
  /** The versions that a word may mean: `noble` is 24.04. */
  named(word: string): string;
  sku(offer: string, version: string, architecture: Architecture, generation: 'V1' | 'V2'): string;
}

/** Names of versions whose offers have them instead of a number. */
const codenames: Readonly<Record<string, string>> = { focal: '20.04', jammy: '22.04', noble: '24.04' };

/** documentation.ubuntu.com/azure/azure-how-to/instances/find-ubuntu-images: the scheme changed with 24.04. */
const ubuntu: Vendor = {
  publisher: 'Canonical',
  versionOf(offer) {
    const [, year, month] = /^ubuntu-(\d\d)_(\d\d)(?:-lts)?$/i.exec(offer) ?? [];
    if (year !== undefined && month !== undefined) return `${year}.${month}`;
    return codenames[/^0001-com-ubuntu-server-([a-z]+)$/.exec(offer)?.[1] ?? ''];
  },
  // a version with long support comes in April of every even year: ubuntu.com/about/release-cycle
  isLasting: (version) => /^\d[02468]\.04$/.test(version),
  named: (word) => codenames[word] ?? word,
  sku(offer, version, architecture, generation) {
    if (!offer.startsWith('0001-')) return architecture === 'arm64' ? 'server-arm64' : generation === 'V1' ? 'server-gen1' : 'server';
    const base = `${version.replace('.', '_')}-lts`;
    return architecture === 'arm64' ? `${base}-arm64` : generation === 'V1' ? base : `${base}-gen2`;
  },
};

/** wiki.debian.org/Cloud/MicrosoftAzure */
const debian: Vendor = {
  publisher: 'Debian',
  versionOf: (offer) => /^debian-(\d{2})$/.exec(offer)?.[1],
  isLasting: () => true,
  named: (word) => ({ bookworm: '12', trixie: '13', forky: '14' })[word] ?? word,
  sku: (_offer, version, architecture, generation) =>
    architecture === 'arm64' ? `${version}-arm64` : generation === 'V1' ? version : `${version}-gen2`,
};

export const vendors: Readonly<Record<string, Vendor>> = { ubuntu, debian };
