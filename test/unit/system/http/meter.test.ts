import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { expect } from 'chai';

import { Meter, figures, size } from '../../../../src/system/http/meter.js';
import { waitFor } from '../../../../src/base/wait.js';
import { RecordingIo } from '../../../helpers/recording-io.js';

describe('a meter', () => {
  it('tells bytes, part, rate and time left', () => {
    expect(figures(120 * 2 ** 20, 256 * 2 ** 20, 68 * 2 ** 20)).to.equal('120 MiB of 256 MiB (46 %), 68.0 MiB/s, 2 s left');
    expect(figures(2 ** 30, 100 * 2 ** 30, 2 ** 20)).to.equal('1.0 GiB of 100 GiB (1 %), 1.0 MiB/s, 28 h 9 min left');
    expect(figures(0, 5, 0)).to.equal('0 B of 5 B (0 %), 0 B/s');
  });

  it('tells no part of a total that is not known or was too small', () => {
    expect(figures(5 * 2 ** 20, undefined, 2 ** 20)).to.equal('5.0 MiB, 1.0 MiB/s');
    expect(figures(6, 5, 1)).to.equal('6 B, 1 B/s');
  });

  it('writes sizes', () => {
    expect([0, 1023, 1024, 1536, 100 * 1024, 2 ** 40, 2 ** 60].map(size)).to.deep.equal([
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.5 KiB',
      '100 KiB',
      '1.0 TiB',
      '1048576 TiB',
    ]);
  });

  it('takes figures that are counted elsewhere, and what was there before for no speed', async () => {
    const io = new RecordingIo();
    const meter = new Meter(io, 'x', undefined);
    meter.seen(50 * 2 ** 20, 100 * 2 ** 20);
    const told = await waitFor(() => io.steps[1], { timeout: 3000, what: 'a figure' });
    meter.stop();
    expect(told).to.equal('x: 50.0 MiB of 100 MiB (50 %), 0 B/s');
  });

  it('passes on the error of its source', async () => {
    const meter = new Meter(new RecordingIo(), 'x', undefined);
    const broken = new Readable({
      read() {
        this.destroy(new Error('gone'));
      },
    });
    const read = buffer(meter.count(broken, new AbortController().signal));
    expect(
      await read.then(
        () => 'done',
        (error: unknown) => (error as Error).message,
      ),
    ).to.equal('gone');
    meter.stop();
  });
});
