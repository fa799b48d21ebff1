import { expect } from 'chai';

import { Decoder, type Received } from '../../../../src/go-rpc/gob/decoder.js';
import { Encoder } from '../../../../src/go-rpc/gob/encoder.js';
import { chanceOf, sampleSeed } from '../../../helpers/chance.js';
import { Types, type Sample } from './chance-types.js';

describe('gob: what is written is read again', () => {
  it('values of 2000 types by chance, many in one stream, in pieces of any size', () => {
    for (let stream = 0; stream < 200; stream++) {
      const types = new Types(chanceOf(sampleSeed * 1000 + stream));
      const samples = Array.from({ length: 10 }, () => types.any(3));
      const [encoder, decoder] = [new Encoder(), new Decoder()];
      const found: Received[] = [];
      const sent: [sample: Sample, value: unknown][] = [];
      const bytes: Buffer[] = [];
      for (let i = 0; i < 20; i++) {
        const sample = samples[types.below(samples.length)] as Sample;
        const value = sample.value();
        sent.push([sample, value]);
        bytes.push(encoder.encode(sample.schema, value));
      }
      let rest = Buffer.concat(bytes);
      while (rest.length > 0) {
        const size = 1 + types.below(types.below(2) === 0 ? 4 : 300);
        decoder.push(rest.subarray(0, size), (one) => found.push(one));
        rest = rest.subarray(size);
      }
      decoder.end();
      expect(found).to.have.length(sent.length);
      found.forEach((one, i) => {
        const [sample, value] = sent[i] as [Sample, unknown];
        expect(one.as(sample.schema), `stream ${stream}, value ${i}`).to.deep.equal(value);
      });
    }
  });
});
