import { expect } from 'chai';

import { parseJson } from '../../../src/base/json.js';

describe('JSON from outside', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  it('is read as JSON.parse reads it', () => {
    expect(parseJson('{"a":[1,null,{"__proto__":"x"}]}')).to.deep.equal(JSON.parse('{"a":[1,null,{"__proto__":"x"}]}'));
    expect(parseJson(nested(200))).to.be.an('array');
    expect(() => parseJson('{"a":')).to.throw(SyntaxError);
  });

  it('is refused when it is nested so deeply that it could not be written again', () => {
    for (const depth of [201, 5000, 1_000_000]) {
      expect(() => parseJson(nested(depth)), String(depth)).to.throw(SyntaxError, 'its values are nested more than 200 deep');
    }
    expect(() => parseJson(`${'{"a":'.repeat(201)}1${'}'.repeat(201)}`)).to.throw(SyntaxError, 'its values are nested');
  });
});
