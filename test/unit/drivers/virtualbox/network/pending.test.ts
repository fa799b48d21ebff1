import { expect } from 'chai';

import { Bench } from '../bench.js';

const key = 'tsmachine/hostonly-pending';
const fresh = (index: number) => ({ ip: `192.168.${56 + index}.1`, mask: '255.255.255.0', down: true as const });

describe('virtualbox: a host-only interface that a create was cut off at', () => {
  /** One that was there before, and what a run that was cut off announced. */
  const begun = () => {
    const bench = new Bench();
    bench.world.interfaces['vboxnet0'] = { ip: '', mask: '' };
    bench.world.global[key] = '["vboxnet0"]';
    return bench;
  };
  const removed = async (bench: Bench) => {
    await bench.parse();
    await bench.create();
    await bench.driver.remove(bench.data, bench.ctx);
    expect(bench.world.global).not.to.have.property(key);
    return Object.keys(bench.world.interfaces);
  };

  it('is the one that is new since, and is used', async () => {
    const bench = begun();
    bench.world.interfaces['vboxnet1'] = fresh(1);
    await bench.parse();
    await bench.create();
    expect(bench.calls.filter((call) => call === 'hostonlyif create')).to.deep.equal([]);
    expect(bench.world.global).to.have.property('tsmachine/hostonly/vboxnet1', '1');
    await bench.driver.remove(bench.data, bench.ctx);
    expect(Object.keys(bench.world.interfaces)).to.deep.equal(['vboxnet0']);
    expect(bench.world.interfaces['vboxnet0']).to.deep.equal({ ip: '', mask: '' });
  });

  it('may come late: VirtualBox was not done yet', async () => {
    const bench = begun();
    bench.fault = (call) => {
      if (call === 'list hostonlyifs' && bench.calls.filter((one) => one === call).length === 2)
        bench.world.interfaces['vboxnet1'] = fresh(1);
      return undefined;
    };
    expect(await removed(bench)).to.deep.equal(['vboxnet0']);
    expect(bench.calls.filter((call) => call === 'hostonlyif create')).to.deep.equal([]);
  });

  it('is none that somebody gave an address', async () => {
    const bench = begun();
    bench.world.interfaces['vboxnet1'] = { ip: '192.168.60.1', mask: '255.255.255.0' };
    bench.world.interfaces['vboxnet2'] = { ip: '192.168.58.1', mask: '255.255.255.0' };
    expect(await removed(bench)).to.deep.equal(['vboxnet0', 'vboxnet1', 'vboxnet2']);
    expect(bench.io.warnings).to.deep.equal([]);
  });

  it('is none of two that could be it: it says so and leaves both', async () => {
    const bench = begun();
    Object.assign(bench.world.interfaces, { vboxnet1: fresh(1), vboxnet2: fresh(2) });
    expect(await removed(bench)).to.deep.equal(['vboxnet0', 'vboxnet1', 'vboxnet2']);
    expect(bench.io.warnings).to.deep.equal([
      'One of the host-only adapters "vboxnet1", "vboxnet2" was left by an interrupted create; it is unknown which one. ' +
        'Remove those that nobody needs: VBoxManage hostonlyif remove NAME',
    ]);
  });

  it('is not looked for by words that are not ours', async () => {
    const bench = begun();
    bench.world.global[key] = 'whatever';
    bench.world.interfaces['vboxnet1'] = fresh(1);
    await bench.parse();
    await bench.create();
    await bench.driver.remove(bench.data, bench.ctx);
    expect(Object.keys(bench.world.interfaces)).to.deep.equal(['vboxnet0', 'vboxnet1']);
  });

  it("a mark without an interface is taken away with the next machine, before the name is somebody else's", async () => {
    const bench = begun();
    bench.world.global['tsmachine/hostonly/vboxnet7'] = '1';
    await removed(bench);
    bench.world.interfaces['vboxnet7'] = fresh(7);
    expect(await removed(bench)).to.include('vboxnet7');
  });
});
