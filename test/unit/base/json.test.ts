import { expect } from 'chai';

import { exactJson, parseExactJson, parseJson } from '../../../src/base/json.js';

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

  it('keeps whole numbers that JavaScript cannot hold, and nothing else differs', () => {
    const text = '{"a":9007199254740993,"b":[-12345678901234567890,{"c":"x 12345678901234567890 \\" 1"}],"d":1.5,"e":12345678901234567}';
    expect(exactJson(parseExactJson(text))).to.equal(text);
    expect(exactJson(parseExactJson(text), 2)).to.include('"a": 9007199254740993,');
    expect(JSON.stringify(parseExactJson('[9007199254740993]'))).to.equal('[9007199254740992]');
    const usual = '{"a":9007199254740991,"b":[1e300,0.12345678901234567,"9007199254740993"]}';
    expect(parseExactJson(usual)).to.deep.equal(JSON.parse(usual));
    expect(() => parseExactJson('[9007199254740993,]')).to.throw(SyntaxError);
  });
});
