/** The fields of /etc/os-release that provisioning uses. */
export interface OsRelease {
  /** Lower-case identifier; empty where there is no os-release. */
  readonly id: string;
  readonly idLike: readonly string[];
  readonly versionId: string;
  readonly prettyName: string;
  readonly variantId?: string;
  /** VERSION_CODENAME. */
  readonly codename?: string;
  /** UBUNTU_CODENAME: the Ubuntu release that a derivative is based on. */
  readonly ubuntuCodename?: string;
}

/**
 * Parses os-release(5): shell-like assignments, quoted with either quote or not at all.
 * Unlike Docker Machine, it keeps values that contain `=` and understands single quotes.
 */
export function parseOsRelease(text: string): OsRelease {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim());
    if (match?.[1] !== undefined) values.set(match[1], unquote(match[2] ?? ''));
  }
  const value = (key: string) => values.get(key) ?? '';
  return {
    id: value('ID').toLowerCase(),
    idLike: value('ID_LIKE')
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== ''),
    versionId: value('VERSION_ID'),
    prettyName: value('PRETTY_NAME') || value('NAME') || value('ID'),
    ...optional('variantId', value('VARIANT_ID')),
    ...optional('codename', value('VERSION_CODENAME')),
    ...optional('ubuntuCodename', value('UBUNTU_CODENAME')),
  };
}

function unquote(text: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(text);
  if (!quoted) return text;
  const inner = quoted[2] ?? '';
  return quoted[1] === '"' ? inner.replace(/\\(["$`\\])/g, '$1') : inner;
}

function optional<K extends string>(key: K, value: string): Partial<Record<K, string>> {
  return value === '' ? {} : ({ [key]: value } as Record<K, string>);
}
