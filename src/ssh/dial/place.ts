/** The host that a connection leads to, as every message about the connection names it. */
export interface Place {
  readonly machine: string;
  /** True for a jump host on the way. */
  readonly isJump: boolean;
  readonly user: string;
  /** The name or address to connect to. */
  readonly host: string;
  readonly port: number;
}

/** `10.0.0.1:22`, `[::1]:22`. */
export function address(place: Pick<Place, 'host' | 'port'>): string {
  return `${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
}

/** The beginning of a message: `"m1" (10.0.0.1:22)`, or `"m1", jump host bastion:22`. */
export function at(place: Place): string {
  return place.isJump ? `"${place.machine}", jump host ${address(place)}` : `"${place.machine}" (${address(place)})`;
}
