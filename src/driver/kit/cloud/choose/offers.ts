import type { TsmachineError } from '../../../../base/errors.js';
import type { DriverContext } from '../../../contract.js';
import type { Market } from './markets.js';

/** One place of one market. */
export interface Offer<C> {
  readonly candidate: C;
  readonly market: Market;
}

/** In order of preference: every place of one market, then every place of the next. Pure. */
export function offersOf<C>(candidates: readonly C[], markets: readonly Market[]): readonly Offer<C>[] {
  return markets.flatMap((market) => candidates.map((candidate) => ({ candidate, market })));
}

/** What a refusal means for the places that were not tried yet. */
export type Verdict = 'next place' | 'no more spot' | 'end';

export interface Refused {
  /** `t3.micro in eu-central-1a`. */
  readonly place: string;
  readonly error: unknown;
}

export interface Taking<C, R> {
  readonly offers: readonly Offer<C>[];
  /** A name for an offer, which stays the same whenever the offers are made up again. */
  readonly nameOf: (offer: Offer<C>) => string;
  /** For people. */
  readonly placeOf: (offer: Offer<C>) => string;
  readonly take: (offer: Offer<C>) => Promise<R>;
  readonly verdictOf: (error: unknown) => Verdict;
  readonly codeOf: (error: unknown) => string | undefined;
  /** The name of the offer whose outcome an earlier run did not learn; undefined: the first, if any. */
  readonly unsure: string | undefined;
  /** Writes down which offer is being taken, before its call. */
  readonly note: (name: string) => Promise<void>;
  /** The offers that are left, in the order in which a refusal suggests to take them; default: as they are. */
  readonly reorder?: (left: readonly Offer<C>[], error: unknown) => readonly Offer<C>[];
  /** The error when all were refused. */
  readonly noRoom: (refused: readonly Refused[]) => TsmachineError;
  readonly ctx: Pick<DriverContext, 'io' | 'signal'>;
}

/** Every offer was refused. */
export class NoRoom extends Error {
  constructor(readonly told: TsmachineError) {
    super(told.message);
  }
}

/**
 * Takes offers one after the other until one is had. Which one is being taken is on disk before its call, so at most that one's outcome can
 * ever be unknown, and it is repeated first.
 * @throws NoRoom when every place was full; whatever else a place says
 */
export async function takeOffers<C, R>(taking: Taking<C, R>): Promise<R> {
  const { offers, nameOf, placeOf, take, verdictOf, codeOf, unsure, note, reorder, noRoom, ctx } = taking;
  const first = offers.find((offer) => nameOf(offer) === unsure) ?? offers[0];
  const refused: Refused[] = [];
  let isSpotOver = false;
  let left: readonly Offer<C>[] = [...offers.filter((one) => one === first), ...offers.filter((one) => one !== first)];
  for (let [offer] = left; offer; [offer] = left) {
    left = left.slice(1);
    if (isSpotOver && offer.market === 'spot') continue;
    if (refused.length > 0) await note(nameOf(offer));
    try {
      return await take(offer);
    } catch (error) {
      ctx.signal.throwIfAborted();
      const verdict = verdictOf(error);
      const isLast = verdict === 'no more spot' && !offers.some(({ market }) => market !== 'spot');
      if (verdict === 'end' || isLast) throw error;
      isSpotOver ||= verdict === 'no more spot';
      refused.push({ place: placeOf(offer), error });
      left = reorder?.(left, error) ?? left;
      ctx.io.info(`No room for ${placeOf(offer)}: ${codeOf(error) ?? ''}`);
    }
  }
  throw new NoRoom(noRoom(refused));
}
