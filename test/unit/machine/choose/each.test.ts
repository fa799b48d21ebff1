import { expect } from 'chai';

import { loadAll, onEach, resolveNames } from '../../../../src/machine/choose/each.js';
import { TsmachineError } from '../../../../src/base/errors.js';
import type { Store } from '../../../../src/store/store.js';
import { failureOf } from '../../../helpers/failure.js';

function storeOf(...names: string[]): Store {
  const store: Pick<Store, 'exists' | 'load'> = {
    exists: (name) => Promise.resolve(names.includes(name)),
    load: (name) =>
      names.includes(name)
        ? Promise.resolve({ name, config: {} } as Awaited<ReturnType<Store['load']>>)
        : Promise.reject(new TsmachineError('MACHINE_NOT_FOUND', `${name} is not here`, { hint: 'look around' })),
  };
  return store as Store;
}

describe('core: names of machines', () => {
  it('are those given, duplicates too', async () => {
    expect(await resolveNames(storeOf(), ['b', 'a', 'b'])).to.deep.equal(['b', 'a', 'b']);
  });
  it('are "default" where there is one and none was given', async () => {
    expect(await resolveNames(storeOf('default'), [])).to.deep.equal(['default']);
    expect(await failureOf(resolveNames(storeOf('x'), []))).to.include({
      message: 'Error: No machine name(s) specified and no "default" machine exists',
      exit: 1,
    });
  });
  it('are all loaded before the first is touched', async () => {
    await loadAll(storeOf('a', 'b'), ['a', 'b', 'a']);
    expect((await failureOf(loadAll(storeOf('a'), ['a', 'x']))).message).to.equal('x is not here');
    const error = await failureOf(loadAll(storeOf('a'), ['y', 'a', 'x', 'y']));
    expect(error).to.include({ code: 'SEVERAL_FAILED', message: 'y is not here\nx is not here', hint: 'look around' });
  });
});

describe('core: work on each', () => {
  it('goes on after a failure and keeps the order', async () => {
    const outcomes = await onEach(['a', 'b', 'c'], 1, (name) => (name === 'b' ? Promise.reject(new Error('no')) : Promise.resolve(name)));
    expect(outcomes.map((outcome) => ('value' in outcome ? outcome.value : 'failed'))).to.deep.equal(['a', 'failed', 'c']);
  });
});
