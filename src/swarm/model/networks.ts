import type { Text } from '../../base/text.js';

/** A machine, as far as it matters where it is. */
export interface Placed {
  readonly machine: string;
  /** Machines of one place reach each other by private address. */
  readonly place: string;
  /** Its driver gives it a private network of its own, as clouds do. */
  readonly hasNetwork: boolean;
}

/** Machines that reach each other by private address. */
export interface Network {
  readonly place: string;
  readonly machines: readonly string[];
}

/**
 * The networks that a swarm of these machines is spread over; none when they are all in one place, or when no driver among them knows of
 * private networks: then they are taken to reach each other. Pure.
 */
export function networksOf(machines: readonly Placed[]): readonly Network[] {
  const places = new Map<string, string[]>();
  for (const { machine, place } of machines) places.set(place, [...(places.get(place) ?? []), machine]);
  if (places.size < 2 || !machines.some(({ hasNetwork }) => hasNetwork)) return [];
  return [...places].map(([place, names]) => ({ place: place.trim(), machines: names }));
}

/** What it means that a swarm is spread over networks, for somebody who has to agree to it. */
export function acrossNetworksText(swarm: string, networks: readonly Network[]): string {
  const list = networks.map(({ place, machines }) => `  ${place}: ${machines.join(', ')}`);
  return [
    `The members of swarm "${swarm}" are in ${networks.length} networks, and reach each other by their public addresses alone:`,
    ...list,
    'What containers send each other over overlay networks crosses the internet in clear, and encrypted overlay networks do not work',
    "(ESP does not pass the translation of a cloud's public addresses). The managers' own traffic is encrypted all the same",
  ].join('\n');
}

export const acrossNetworksHint: Text =
  'If that will do, add --across-networks; a swarm file says "across-networks: true" under "swarm". Else put all groups into one network';
