import { expect } from 'chai';

import { nspawnOver } from '../../../../drivers/nspawn/driver.js';
import type { Facts } from '../../../../drivers/nspawn/api.js';
import type { FlagValues } from '../../../../src/driver/contract.js';
import { failureOf, hintOf } from '../../../helpers/failure.js';
import { factsV1, fakeComputer } from './fake-computer.js';
import { openPlayground, type Playground } from './playground.js';

describe('nspawn pre-create check', () => {
  let play: Playground;
  beforeEach(async () => {
    play = await openPlayground();
  });
  afterEach(() => play.close());

  async function refusal(flags: FlagValues = {}, facts: Partial<Facts> = {}): Promise<unknown> {
    const computer = fakeComputer({ ...factsV1(play.dir), ...facts }, play.computer.registryFile);
    Object.assign(computer, { routes: play.computer.routes, freeBytes: play.computer.freeBytes, diskKind: play.computer.diskKind });
    return nspawnOver(() => computer)
      .precheck(await play.parse('m1', flags), play.ctx('m1'))
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
  }

  it('passes a computer that has everything, and changes nothing', async () => {
    expect(await refusal()).to.equal(undefined);
    await play.expectNothingLeft();
  });

  it('refuses other systems', async () => {
    expect(await refusal({}, { platform: 'darwin' }))
      .to.include({ code: 'DRIVER_UNSUPPORTED' })
      .and.have.property('message')
      .that.includes('darwin');
  });

  it('tells who is not root what to type', async () => {
    const refused = await failureOf(async () => {
      throw await refusal({}, { uid: 1000 });
    });
    expect(refused.code).to.equal('DRIVER_PRECHECK');
    expect(hintOf(refused)).to.equal(`sudo tsmachine --storage-path ${play.dir} create -d nspawn m1`);
  });

  it('names all missing programs and their packages in one command', async () => {
    const { ip, mount, umount, setpriv, unshare, tar } = factsV1('/').programs;
    const programs = Object.fromEntries(
      Object.entries({ ip, mount, umount, setpriv, unshare, tar }).filter(([, path]) => path !== undefined),
    );
    expect(await refusal({}, { programs })).to.include({
      code: 'COMMAND_MISSING',
      hint: 'apt-get install systemd-container debootstrap iptables openssh-client',
    });
  });

  it('needs control groups', async () => {
    expect(await refusal({}, { cgroups: undefined })).to.include({ code: 'DRIVER_PRECHECK' });
  });

  it('refuses a disk no overlay can stand on', async () => {
    play.computer.diskKind = 'nfs';
    expect(await refusal())
      .to.include({ code: 'DRIVER_PRECHECK' })
      .and.have.property('hint')
      .that.includes('--storage-path');
  });

  it('counts the room an image needs', async () => {
    play.computer.freeBytes = 1e9;
    expect(await refusal())
      .to.include({ code: 'STORE_FULL' })
      .and.have.property('message')
      .that.includes('953 MB free');
  });

  it('names the route a range overlaps', async () => {
    play.computer.routes = JSON.stringify([{ dst: '192.168.0.0/16', dev: 'eth7' }]);
    expect(await refusal({ 'nspawn-cidr': '192.168.5.0/24' }))
      .to.include({ code: 'DRIVER_PRECHECK' })
      .and.have.property('message')
      .that.includes('192.168.0.0/16 dev eth7');
    expect(await refusal({ 'nspawn-cidr': '192.167.5.0/24' })).to.equal(undefined);
  });

  it('names a tarball that is not there', async () => {
    expect(await refusal({ 'nspawn-rootfs': '/nowhere/root.tar' }))
      .to.include({ code: 'DRIVER_PRECHECK' })
      .and.have.property('message')
      .that.includes('/nowhere/root.tar');
  });
});
