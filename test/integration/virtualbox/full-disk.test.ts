import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statfsSync } from 'node:fs';

import { expect } from 'chai';

import { skip } from '../../helpers/skip.js';
import { VendorServer } from '../guest/vendor.js';
import { emptyQcow2 } from './disk.js';
import { Guests } from './guests.js';
import { Playground } from './playground.js';

const next = 'Run the same command again to continue, or remove what was made: tsmachine rm -y m1\n';
const mount = (...words: string[]) => execFileSync('mount', words, { stdio: 'pipe' });

describe("virtualbox: the store's disk is full", () => {
  let here: Playground;
  let vendor: VendorServer;

  before(function () {
    if (spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status !== 0)
      skip(this, "a small disk of one's own needs root and unshare");
  });
  beforeEach(async () => {
    here = await Playground.open();
    here.vbox.guests = new Guests();
    vendor = new VendorServer();
    await vendor.open();
    mkdirSync(here.store);
    mount('-t', 'tmpfs', '-o', 'size=3g,mode=0700', 'none', here.store);
  });
  afterEach(async () => {
    vendor.close();
    execFileSync('umount', [here.store]);
    await here.close();
  });

  /** From the first call of its kind on the disk has so much room left, in KiB. */
  const shrinkAt = (pattern: RegExp, room: number) => {
    here.vbox.fault = (call) => {
      if (!pattern.test(call)) return undefined;
      here.vbox.fault = () => undefined;
      const { blocks, bfree, bsize } = statfsSync(here.store);
      mount('-o', `remount,size=${Math.ceil(((blocks - bfree) * bsize) / 1024) + room}k`, here.store);
      return undefined;
    };
  };
  const grow = () => mount('-o', 'remount,size=3g', here.store);
  const finished = async (words: readonly string[]) => {
    const { code, stderr } = await here.create(words);
    expect(code, stderr).to.equal(0);
    await here.removed();
  };

  it('before anything is made: exit status 3, and nothing to remove', async () => {
    mount('-o', 'remount,size=100m', here.store);
    const { code, stderr } = await here.create(['m1']);
    expect(code).to.equal(3);
    expect(stderr).to.match(
      /^Error with pre-create check: "There is not enough space for a machine in \S+\/machines\/m1: 99 MB free, 2000 MB needed"\nFree some space, or put the store on another disk with --storage-path\n$/,
    );
    here.expectNothing();
  });

  it('while the image is fetched: with room the same command goes on', async () => {
    const disk = emptyQcow2(3_000_000);
    vendor.files.set('/disk.qcow2', disk);
    const words = [
      '--virtualbox-nat-only',
      '--virtualbox-image',
      `${vendor.origin}/disk.qcow2#sha256:${createHash('sha256').update(disk).digest('hex')}`,
      'm1',
    ];
    shrinkAt(/^list vms/, 1000);
    const { code, stderr } = await here.create(words);
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /^Error creating machine: Cannot write \S+\/cache\/[0-9a-f]{16}-disk\.qcow2\.part: the disk is full\nFree some space \(df -h \S+\/cache\), or choose another folder with --storage-path\n/m,
    );
    expect(stderr).to.contain(next);
    grow();
    await finished(words);
    expect(vendor.requests.at(-1)?.range).to.match(/^bytes=[1-9]\d+-$/);
  });

  it("while the machine's seed is written: no half of it stays, and rm works on the full disk", async () => {
    shrinkAt(/^modifymedium/, 20);
    const { code, stderr } = await here.create(['m1']);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^Error creating machine: Cannot write \S+\/machines\/m1\/seed\.iso: the disk is full\nFree some space/m);
    expect(readdirSync(`${here.store}/machines/m1`).filter((name) => /seed|tmp/.test(name))).to.deep.equal([]);
    await here.removed();
    grow();
    await finished(['m1']);
  });
});
