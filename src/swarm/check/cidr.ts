/** A range of IPv4 addresses. */
export interface Range {
  readonly first: number;
  /** Number of fixed bits, 0 to 32. */
  readonly bits: number;
}

/** Undefined when the text is no IPv4 range; an address alone is a range of one. */
export function parseRange(text: string): Range | undefined {
  const [, address = '', mask = '32'] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  const bytes = address.split('.').map(Number);
  const bits = Number(mask);
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255) || bits > 32) return undefined;
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return { first: number - number % sizeOf(bits), bits };
}

export function formatRange({ first, bits }: Range): string {
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${bits}`;
}

export function overlap(one: Range, other: Range): boolean {
  return one.first < other.first + sizeOf(other.bits) && other.first < one.first + sizeOf(one.bits);
}

/** Which of the subnets of `bits` fixed bits that a pool is cut into is the first to overlap a range; counted from 0. */
export function firstSubnet(pool: Range, bits: number, range: Range): number {
  return Math.max(0, Math.floor((range.first - pool.first) / sizeOf(bits)));
}

function sizeOf(bits: number): number {
  return 2 ** (32 - bits);
}
