import { expect } from 'chai';

import { mergeSettings } from '../../../../../src/provision/plan/settings/merge.js';
import { ownPart, readRecord, recordLine } from '../../../../../src/provision/plan/settings/record.js';

describe('merging daemon.json', () => {
  it('keeps what the user had, in the order it had', () => {
    const merged = mergeSettings({ 'log-driver': 'x', labels: ['u=1'], nested: { a: [1] } }, {}, { labels: ['o=1'], tlsverify: true });
    expect(merged).to.deep.equal({ 'log-driver': 'x', labels: ['u=1', 'o=1'], nested: { a: [1] }, tlsverify: true });
    expect(Object.keys(merged)).to.deep.equal(['log-driver', 'labels', 'nested', 'tlsverify']);
  });

  it('takes back what we set and no longer want', () => {
    const present = { labels: ['u=1', 'o=1'], mtu: 1400, debug: false, 'log-opts': { a: '1', b: '2' }, dns: ['1.1.1.1'] };
    const previous = { labels: ['o=1'], mtu: 1400, debug: true, 'log-opts': { b: '2' }, dns: ['1.1.1.1'] };
    expect(mergeSettings(present, previous, { labels: ['o=2'] })).to.deep.equal({
      labels: ['u=1', 'o=2'],
      debug: false,
      'log-opts': { a: '1' },
    });
  });

  it('is the same when done again', () => {
    const wanted = { hosts: ['fd://', 'tcp://0.0.0.0:2376'], labels: ['a=b'], 'log-opts': { x: 'y' }, tlsverify: true };
    const once = mergeSettings({ labels: ['u=1'] }, {}, wanted);
    expect(mergeSettings(once, ownPart(wanted, { labels: ['u=1'] }), wanted)).to.deep.equal(once);
  });

  it('has one label per key and one listener per port', () => {
    expect(
      mergeSettings(
        { labels: ['a=1', 'b=1'], hosts: ['tcp://10.0.0.1:2376', 'tcp://127.0.0.1:2375', 'fd://'] },
        {},
        { labels: ['a=2'], hosts: ['tcp://0.0.0.0:2376'] },
      ),
    ).to.deep.equal({ labels: ['b=1', 'a=2'], hosts: ['tcp://127.0.0.1:2375', 'fd://', 'tcp://0.0.0.0:2376'] });
  });
});

describe('the record of our settings', () => {
  it('is what the user did not have', () => {
    expect(ownPart({ labels: ['a=1', 'b=1'], debug: true, mtu: 9 }, { labels: ['b=1'], debug: true })).to.deep.equal({
      labels: ['a=1'],
      mtu: 9,
    });
  });

  it('survives the way through a file', () => {
    const settings = { labels: ['a="b\\'], hosts: ['fd://'] };
    expect(readRecord(`# x\n${recordLine(settings)}\n[Service]\n`)).to.deep.equal(settings);
    expect(recordLine(settings)).to.not.contain('\n');
  });

  it('is empty where it was torn', () => {
    expect(readRecord('# tsmachine-settings: {"labels":')).to.deep.equal({});
    expect(readRecord('# tsmachine-settings: [1]')).to.deep.equal({});
    expect(readRecord(undefined)).to.deep.equal({});
  });
});
