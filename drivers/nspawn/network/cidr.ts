/** An IPv4 range: first address as a number, and the length of its prefix. */
export interface Cidr {
  readonly first: number;
  readonly prefix: number;
}

/** `10.0.0.0/24`, or `10.0.0.7` as a /32; undefined when it is neither. Bits of the host part are cleared. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (!match) return undefined;
  const bytes = match.slice(1, 5).map(Number);
  const prefix = Number(match[5] ?? 32);
  if (bytes.some((byte) => byte > 255) || prefix > 32) return undefined;
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return { first: address - (address % sizeOf(prefix)), prefix };
}

export function formatCidr({ first, prefix }: Cidr): string {
  return `${formatAddress(first)}/${prefix}`;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.first < other.first + sizeOf(other.prefix) && other.first < one.first + sizeOf(one.prefix);
}

/** The address of the bridge: the first usable one. */
export function gatewayOf(cidr: Cidr): string {
  return formatAddress(cidr.first + 1);
}

/** The addresses machines may have: all but network, bridge and broadcast. */
export function* machineAddresses(cidr: Cidr): Generator<string> {
  for (let address = cidr.first + 2; address < cidr.first + sizeOf(cidr.prefix) - 1; address += 1) yield formatAddress(address);
}

/** Number of addresses in a range. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}
