import { expect } from 'chai';

import { newHostConfig } from '../../../../src/store/config/schema.js';
import type { Wanted } from '../../../../src/swarm/steps/wanted.js';
import { differences } from '../../../../src/swarm/up/differences.js';

describe('swarm up: a machine with other settings than declared', () => {
  const config = newHostConfig({ name: 'm1', root: '/s', driverName: 'none', driver: {}, engine: {}, serverCertSans: [] });
  const wanted = (version?: string): Wanted => {
    const install = { mode: 'auto' as const, ...(version === undefined ? {} : { version }) };
    const member = {
      machine: 'm1',
      role: 'manager' as const,
      availability: 'active' as const,
      labels: {},
      driver: 'none',
      flags: {},
      engine: {},
      install,
      tlsSans: [],
      group: 'm',
    };
    const placed = { machine: 'm1', place: 'none ', hasNetwork: false };
    return { member, config, placed, request: { name: 'm1', driverName: 'none', flags: {}, engine: {}, install, tlsSans: [] } };
  };

  it('has none when its engine is of the declared version, or none is declared', () => {
    expect(differences(config, { engineVersion: '26.1.5', engineInstall: { mode: 'auto' } }, wanted())).to.deep.equal([]);
    expect(
      differences(config, { engineVersion: '26.1.5', engineInstall: { mode: 'auto', version: '26.1' } }, wanted('26.1')),
    ).to.deep.equal([]);
  });

  it('has the engine that it runs, whatever was asked for when it was created', () => {
    const facts = { engineVersion: '26.1.5', engineInstall: { mode: 'auto' as const, version: '28.5' } };
    expect(differences(config, facts, wanted('28.5'))).to.deep.equal(['engine 26.1.5']);
  });
});
