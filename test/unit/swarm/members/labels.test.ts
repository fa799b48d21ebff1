import { expect } from 'chai';

import { changedLabels, parseLabels } from '../../../../src/swarm/members/labels.js';
import { failureOf } from '../../../helpers/failure.js';

describe('labels of nodes', () => {
  const removing = true;

  it('are set and removed, and others stay', () => {
    const change = parseLabels(['zone=a', 'disk-', 'empty=', 'sum=1+1=2', 'a-b=c-'], { removing });
    expect(change).to.deep.equal({ set: { zone: 'a', empty: '', sum: '1+1=2', 'a-b': 'c-' }, remove: ['disk'] });
    expect(changedLabels({ disk: 'ssd', zone: 'b', kept: 'x' }, change)).to.deep.equal({
      zone: 'a',
      kept: 'x',
      empty: '',
      sum: '1+1=2',
      'a-b': 'c-',
    });
  });

  const wrong: [words: string[], removing: boolean, message: RegExp][] = [
    [['zone'], true, /"zone" must be key=value, or key- to remove a label/],
    [['zone-'], false, /"zone-" must be key=value$/],
    [['=a'], true, /must be key=value/],
    [['a b=c'], true, /must be key=value/],
    [['-'], true, /must be key=value/],
    [['a=1', 'a=2'], true, /"a" is given twice/],
    [['a=1', 'a-'], true, /"a" is given twice/],
  ];
  for (const [words, may, message] of wrong) {
    it(`refuse ${words.join(' ')}`, async () => {
      const { code, message: said } = await failureOf(() => parseLabels(words, { removing: may }));
      expect(code).to.equal('FLAG_INVALID');
      expect(said).to.match(message);
    });
  }

  it('may be called as what every object has', () => {
    expect(Object.keys(parseLabels(['__proto__=x', 'constructor=y'], { removing }).set)).to.deep.equal(['__proto__', 'constructor']);
  });
});
