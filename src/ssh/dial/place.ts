/** Where an SSH connection leads, in the words of every message about it. */
export interface Place {
  readonly machine: string;
  /** Set for a jump host on the way. */
  readonly isJump: boolean;
  readonly user: string;
  /** What is dialled. */
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
