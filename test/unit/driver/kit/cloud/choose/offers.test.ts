import { expect } from 'chai';

import { TsmachineError } from '../../../../../../src/base/errors.js';
import { marketsOf } from '../../../../../../src/driver/kit/cloud/choose/markets.js';
import { noRoom } from '../../../../../../src/driver/kit/cloud/choose/no-room.js';
import { NoRoom, offersOf, takeOffers, type Offer, type Verdict } from '../../../../../../src/driver/kit/cloud/choose/offers.js';
import { plain } from '../../../../../../src/base/text.js';
import { RecordingIo } from '../../../../../helpers/recording-io.js';

const full = (code: string) =>
  new TsmachineError('DRIVER_FAILED', 'refused', { cause: Object.assign(new Error(`${code} there`), { code }) });
const codeOf = (error: unknown) => (TsmachineError.is(error) ? (error.cause as { code?: string }).code : undefined);
const verdictOf = (error: unknown): Verdict => {
  const code = codeOf(error);
  return code === 'full' ? 'next place' : code === 'no-spot' ? 'no more spot' : 'end';
};
const nameOf = ({ candidate, market }: Offer<string>) => `${market} ${candidate}`;

/** Takes offers where each place answers as told; `ok` anywhere else. */
function taking(answers: Readonly<Record<string, string>>, how: { spot?: boolean; fallback?: boolean; unsure?: string } = {}) {
  const { spot = false, fallback = false, unsure } = how;
  const [asked, noted]: [string[], string[]] = [[], []];
  const words = { provider: 'P', flags: '--p-zone', fallbackFlag: '--p-spot-fallback', spot, fallback, codeOf };
  const work = takeOffers({
    offers: offersOf(['a', 'b'], marketsOf({ spot, fallback })),
    nameOf,
    placeOf: nameOf,
    take: (offer) => {
      asked.push(nameOf(offer));
      const code = answers[nameOf(offer)];
      return code === undefined ? Promise.resolve(`made ${nameOf(offer)}`) : Promise.reject(full(code));
    },
    verdictOf,
    codeOf,
    unsure,
    note: (name) => {
      noted.push(name);
      return Promise.resolve();
    },
    noRoom: (refused) => noRoom(refused, words),
    ctx: { io: new RecordingIo(), signal: new AbortController().signal },
  });
  return { work, asked, noted };
}

describe('offers of a cloud', () => {
  it('are every place of one market, then every place of the next', () => {
    expect(offersOf(['a', 'b'], marketsOf({ spot: true, fallback: true })).map(nameOf)).to.deep.equal([
      'spot a',
      'spot b',
      'on-demand a',
      'on-demand b',
    ]);
    expect(marketsOf({ spot: true, fallback: false })).to.deep.equal(['spot']);
    expect(marketsOf({ spot: false, fallback: true })).to.deep.equal(['on-demand']);
  });

  it('are taken in turn, each on disk before its call but for the first', async () => {
    const { work, noted } = taking({ 'on-demand a': 'full' });
    expect(await work).to.equal('made on-demand b');
    expect(noted).to.deep.equal(['on-demand b']);
  });

  it('begin with the one whose outcome an earlier run did not learn', async () => {
    const { work, asked } = taking({ 'on-demand b': 'full' }, { unsure: 'on-demand b' });
    expect(await work).to.equal('made on-demand a');
    expect(asked).to.deep.equal(['on-demand b', 'on-demand a']);
  });

  it('skip what is left of spot once that is over everywhere, if there is a fallback', async () => {
    const { work, asked } = taking({ 'spot a': 'no-spot' }, { spot: true, fallback: true });
    expect(await work).to.equal('made on-demand a');
    expect(asked).to.deep.equal(['spot a', 'on-demand a']);
  });

  it('end where spot is over and nothing else will do', async () => {
    const { work, asked } = taking({ 'spot a': 'no-spot' }, { spot: true });
    expect(codeOf(await work.catch((error: unknown) => error))).to.equal('no-spot');
    expect(asked).to.deep.equal(['spot a']);
  });

  it('end at what no other place would change', async () => {
    const { work, asked } = taking({ 'on-demand a': 'no-right' });
    expect(codeOf(await work.catch((error: unknown) => error))).to.equal('no-right');
    expect(asked).to.deep.equal(['on-demand a']);
  });

  it('are all told when all were refused, with what more may help', async () => {
    const { work } = taking({ 'spot a': 'full', 'spot b': 'full' }, { spot: true });
    const error = await work.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(NoRoom);
    const { told } = error as NoRoom;
    expect(told.message).to.equal('P has no room for the machine:\n  spot a: full there (full)\n  spot b: full there (full)');
    expect(plain(told.hint ?? '')).to.equal('Name more of --p-zone, take one on demand instead with --p-spot-fallback, or try again later');
  });
});
