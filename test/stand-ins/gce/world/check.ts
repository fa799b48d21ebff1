import { invalid, Refusal, staleFingerprint } from '../api/errors.js';

type Texts = Readonly<Record<string, string>>;

/** @throws Refusal as Google's rules for labels say: https://cloud.google.com/compute/docs/labeling-resources#restrictions */
export function expectLabels(labels: Texts | undefined): Texts {
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (!/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\d_-]{0,62}$/u.test(key)) {
      const rest = `The key must start with a lowercase character, ${characters('key')}`;
      throw invalid('resource.labels', '', `Label key '${key}' violates format constraints. ${rest}`);
    }
    if (!/^[\p{Ll}\p{Lo}\d_-]{0,63}$/u.test(value)) {
      const rest = `The value ${characters('value')}`;
      throw invalid('resource.labels', '', `Label value '${value}' violates format constraints. ${rest}`);
    }
  }
  if (Object.keys(labels ?? {}).length > 64) throw invalid('resource.labels', '', 'Labels may contain at most 64 entries.');
  return labels ?? {};
}

function characters(what: string): string {
  const length = `The ${what} can be at most 63 characters long. International characters are allowed.`;
  return `can only contain lowercase letters, numeric characters, underscores and dashes. ${length}`;
}

/** @throws Refusal 412 when somebody else was faster, 400 without one where there is one already */
export function expectFingerprint(field: string, given: string | undefined, current: string): void {
  if (given !== current) throw staleFingerprint(field);
}

interface Items {
  readonly items?: readonly { readonly key: string; readonly value: string }[];
}

/** https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations: 256 KB a value, 512 KB together. */
export function expectMetadata({ items = [] }: Items): void {
  const keys = items.map(({ key }) => key);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw invalid('resource.metadata', '', `Metadata has duplicate key: ${twice}`);
  for (const [i, { value }] of items.entries()) tooLarge(`metadata.items[${i}].value`, value.length, 262_144);
  tooLarge(
    'metadata',
    items.reduce((sum, { key, value }) => sum + key.length + value.length, 0),
    524_288,
  );
}

function tooLarge(field: string, actual: number, most: number): void {
  if (actual <= most) return;
  const message = `Value for field 'resource.${field}' is too large: maximum size ${most} character(s); actual size ${actual}.`;
  throw new Refusal(413, 'uploadTooLarge', message);
}

/** @throws Refusal 400 for what is no network in CIDR notation, or of both versions together */
export function expectRanges(field: string, ranges: readonly string[]): void {
  for (const [i, range] of ranges.entries())
    if (!isRange(range)) throw invalid(`${field}[${i}]`, range, 'Must be a valid CIDR address range.');
  if (ranges.some((each) => each.includes(':')) && ranges.some((each) => !each.includes(':')))
    throw invalid(field, ranges, 'IPv4 and IPv6 ranges cannot be in one rule.');
}

function isRange(range: string): boolean {
  if (range.includes(':')) return /^[0-9a-f:]+(\/(\d|[1-9]\d|1[01]\d|12[0-8]))?$/i.test(range);
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(range);
  if (!match) return false;
  const [a = 0, b = 0, c = 0, d = 0, bits = 32] = match
    .slice(1)
    .map((part: string | undefined) => (part === undefined ? 32 : Number(part)));
  if ([a, b, c, d].some((part) => part > 255) || bits > 32) return false;
  return bits === 0 ? a + b + c + d === 0 : (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % 2 ** (32 - bits) === 0;
}
