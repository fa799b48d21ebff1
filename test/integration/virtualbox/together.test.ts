import { expect } from 'chai';

import { skip } from '../../helpers/skip.js';
import { Guests } from './guests.js';
import { Playground } from './playground.js';

describe('virtualbox: three processes at once', () => {
  let here: Playground;

  before(async () => {
    here = await Playground.open();
    here.vbox.guests = new Guests(2);
  });
  after(() => here.close());

  it('make one host-only interface and one base, with distinct ports and addresses; then they remove all of it', async function () {
    if (process.platform !== 'linux') skip(this, 'three guests need three addresses of loopback, which only Linux has');
    const names = ['m1', 'm2', 'm3'];
    const made = await Promise.all(names.map((name) => here.create([name])));
    expect(
      made.map(({ code }) => code),
      made.map(({ stderr }) => stderr).join('\n'),
    ).to.deep.equal([0, 0, 0]);
    const { vms, interfaces, dhcp } = here.vbox.world;
    expect([Object.keys(interfaces), Object.keys(dhcp).length]).to.deep.equal([['vboxnet0'], 1]);
    expect(here.vbox.calls.filter((call) => call === 'hostonlyif create')).to.have.length(1);
    expect(here.vbox.calls.filter((call) => call.startsWith('convertfromraw'))).to.have.length(1);
    expect(new Set(Object.values(vms).flatMap(({ forwards }) => forwards)).size).to.equal(3);
    const urls = (await here.run(['ls', '-f', '{{.URL}}'])).stdout.trim().split('\n');
    expect(new Set(urls).size, urls.join()).to.equal(3);

    const removed = await Promise.all(names.map((name) => here.run(['rm', '-y', name])));
    expect(
      removed.map(({ code }) => code),
      removed.map(({ stderr }) => stderr).join('\n'),
    ).to.deep.equal([0, 0, 0]);
    here.expectNothing();
  });
});
