import { marketsOf as markets, type Market } from '../../../src/driver/kit/cloud/choose/markets.js';
import type { Input } from '../api.js';
import type { Config } from '../config.js';

/** In which order instances are asked for. Pure. */
export function marketsOf({ spot, own }: Pick<Config, 'spot' | 'own'>): readonly Market[] {
  return markets({ spot, fallback: own.spotFallback });
}

/**
 * A request for one instance, at once or never: one that persists would go on making instances after the machine is gone. Pure.
 */
export function marketOptions(
  { spotPrice }: Pick<Config, 'spotPrice'>,
  market: Market,
): Pick<Input<'RunInstances'>, 'InstanceMarketOptions'> {
  if (market === 'on-demand') return {};
  const price = spotPrice === '' ? {} : { MaxPrice: spotPrice };
  const options = { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate', ...price } as const;
  return { InstanceMarketOptions: { MarketType: 'spot', SpotOptions: options } };
}
