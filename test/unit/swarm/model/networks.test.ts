import { expect } from 'chai';

import { acrossNetworksText, networksOf, type Placed } from '../../../../src/swarm/model/networks.js';

const placed = (machine: string, place: string, hasNetwork = true): Placed => ({ machine, place, hasNetwork });

describe('the networks of a swarm', () => {
  it('are none in one place', () => {
    expect(networksOf([placed('a', 'amazonec2 eu vpc-1'), placed('b', 'amazonec2 eu vpc-1')])).to.deep.equal([]);
  });

  it('are none when no driver has networks of its own: generic hosts and local machines may be anywhere', () => {
    expect(networksOf([placed('a', 'generic ', false), placed('b', 'nspawn ', false)])).to.deep.equal([]);
  });

  it('are as many as there are places, with their machines in order', () => {
    const machines = [
      placed('a', 'amazonec2 eu vpc-1'),
      placed('g', 'generic ', false),
      placed('b', 'amazonec2 us vpc-2'),
      placed('c', 'amazonec2 eu vpc-1'),
    ];
    expect(networksOf(machines)).to.deep.equal([
      { place: 'amazonec2 eu vpc-1', machines: ['a', 'c'] },
      { place: 'generic', machines: ['g'] },
      { place: 'amazonec2 us vpc-2', machines: ['b'] },
    ]);
  });

  it('are told with what they mean', () => {
    const text = acrossNetworksText('prod', networksOf([placed('a', 'google eu'), placed('b', 'azure eu')]));
    expect(text).to.contain('  google eu: a\n  azure eu: b\n').and.to.contain('in clear').and.to.contain('ESP');
  });
});
