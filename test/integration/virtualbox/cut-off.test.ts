import { expect } from 'chai';

import { Bench } from '../../unit/drivers/virtualbox/bench.js';

describe('virtualbox: cut off at each call', () => {
  const cut = new Error('cut off');
  const cutAt = (bench: Bench, last: number, isObeyed: boolean) => {
    const at = (_call: string, index: number) => (index === last ? cut : undefined);
    if (isObeyed) bench.unheard = at;
    else bench.fault = at;
  };
  const heal = (bench: Bench) => {
    bench.fault = bench.unheard = () => undefined;
  };

  for (const isObeyed of [false, true]) {
    const when = isObeyed ? 'obeyed, unheard' : 'never made';

    it(`goes on, or goes without a trace, whatever call of create is the last one (${when})`, async function () {
      this.timeout(20_000);
      const whole = new Bench();
      await whole.parse();
      await whole.create();
      for (let last = 0; last < whole.calls.length; last += 1) {
        for (const resumes of [true, false]) {
          const bench = new Bench();
          await bench.parse();
          cutAt(bench, last, isObeyed);
          expect(await bench.create().catch((reason: unknown) => reason), whole.calls[last]).to.equal(cut);
          heal(bench);
          if (resumes) await bench.create();
          if (resumes) expect((await bench.driver.look(bench.data, bench.ctx)).state, whole.calls[last]).to.equal('Running');
          if (resumes) expect(Object.keys(bench.world.interfaces), whole.calls[last]).to.deep.equal(['vboxnet0']);
          await bench.driver.remove(bench.data, bench.ctx);
          expect(bench.left(), `${resumes ? 'resumed' : 'removed'} after ${whole.calls[last] ?? ''}`).to.deep.equal([]);
        }
      }
    });

    it(`goes without a trace whatever call of rm is the last one of the first (${when})`, async () => {
      for (let last = 0; ; last += 1) {
        const bench = new Bench();
        await bench.parse();
        await bench.create();
        cutAt(bench, bench.calls.length + last, isObeyed);
        const ended = await bench.driver.remove(bench.data, bench.ctx).catch((reason: unknown) => reason);
        const call = bench.calls.at(-1);
        heal(bench);
        if (ended !== cut) {
          expect(ended).to.deep.equal({ left: [] });
          break;
        }
        await bench.driver.remove(bench.data, bench.ctx);
        expect(bench.left(), call).to.deep.equal([]);
      }
    });
  }
});
