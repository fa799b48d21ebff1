export type Market = 'spot' | 'on-demand';

export interface Spot {
  readonly spot: boolean;
  /** Where no spot machine is to be had, one on demand will do. */
  readonly fallback: boolean;
}

/** In which order machines of these kinds are asked for. Pure. */
export function marketsOf({ spot, fallback }: Spot): readonly Market[] {
  if (!spot) return ['on-demand'];
  return fallback ? ['spot', 'on-demand'] : ['spot'];
}
