import { expect } from 'chai';

import { byNaturalOrder, matches, parseFilters, swarmMasters } from '../../../../src/machine/choose/selection.js';
import { newHostConfig, type HostConfig } from '../../../../src/store/config/schema.js';

const host = (name: string, labels: string[] = [], swarm = {}): HostConfig =>
  newHostConfig({
    name,
    root: '/store',
    driverName: 'none',
    driver: {},
    engine: { Labels: labels },
    swarm,
    serverCertSans: [],
  });
const chosen = (filters: string[], hosts: HostConfig[]) =>
  hosts.filter((config) => matches(config, parseFilters(filters), swarmMasters(hosts))).map((c) => c.Name);

describe('selection of machines', () => {
  const hosts = [
    host('web1', ['tier=front']),
    host('web2', ['tier=Back'], { Discovery: 'token://1', Master: true }),
    host('db1', ['tier'], { Discovery: 'token://1' }),
  ];

  it('takes values of one key as alternatives', () => {
    expect(chosen(['name=^web1$', 'name=^db'], hosts)).to.deep.equal(['web1', 'db1']);
  });
  it('needs a match for every key', () => {
    expect(chosen(['name=web', 'label=tier=front'], hosts)).to.deep.equal(['web1']);
  });
  it('compares label values without case, keys with it', () => {
    expect(chosen(['label=tier=back'], hosts)).to.deep.equal(['web2']);
    expect(chosen(['label=Tier=back'], hosts)).to.deep.equal([]);
  });
  it('takes a label without a value as the presence of its key', () => {
    expect(chosen(['label=tier'], hosts)).to.deep.equal(['web1', 'web2', 'db1']);
  });
  it('finds the members of a classic swarm by the name of its master', () => {
    expect(chosen(['swarm=WEB2'], hosts)).to.deep.equal(['web2', 'db1']);
  });
  it('compares the driver without case', () => {
    expect(chosen(['driver=NONE'], hosts)).to.have.length(3);
    expect(chosen(['driver=generic'], hosts)).to.have.length(0);
  });
  it('refuses what it cannot read', () => {
    expect(() => parseFilters(['name'])).to.throw('Unsupported filter syntax');
    expect(() => parseFilters(['Foo=1'])).to.throw("Unsupported filter key 'foo'");
    expect(() => parseFilters(['constructor=1'])).to.throw("Unsupported filter key 'constructor'");
    expect(() => parseFilters(['name=('])).to.throw('group');
  });
  it('orders numbers as numbers and ignores case', () => {
    expect(
      ['m10', 'M2', 'm1', 'a']
        .map((name) => ({ name }))
        .sort(byNaturalOrder)
        .map((row) => row.name),
    ).to.deep.equal(['a', 'm1', 'M2', 'm10']);
  });
});
