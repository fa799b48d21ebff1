import { expect } from 'chai';

import { conformanceRules } from '../../../../src/driver/kit/conformance.js';
import { fakeModule } from '../../../helpers/fake-cloud-driver.js';
import { badDrivers } from './bad-driver.js';
import { fakeWorld } from './fake-world.js';

describe('the conformance suite', () => {
  for (const { mistake, rule, open } of badDrivers) {
    it(`finds a driver that ${mistake}`, async () => {
      const broken: Record<string, string> = {};
      for (const { name, check } of conformanceRules(fakeModule, fakeWorld(open))) {
        try {
          await check();
        } catch (error) {
          broken[name] = String(error);
        }
      }
      expect(Object.keys(broken), JSON.stringify(broken, undefined, 2)).to.deep.equal([rule]);
    });
  }

  it('has a bad driver for every rule', () => {
    const rules = conformanceRules(
      fakeModule,
      fakeWorld(() => expect.fail('nothing is opened here')),
    ).map(({ name }) => name);
    expect([...new Set(badDrivers.map(({ rule }) => rule))].sort()).to.deep.equal([...rules].sort());
  });
});
