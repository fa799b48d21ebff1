import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { expect } from 'chai';

import { parseImageChoice } from '../../../src/guest/image/choice.js';
import { fetchImage, type GuestImage } from '../../../src/guest/image/fetch.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';
import { place, type Place } from './context.js';
import { VendorServer } from './vendor.js';

/** Begins as a qcow2 does; what follows is of no interest here. */
const disk = Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(300_000, 'tsmachine ')]);

describe('images of vendors', () => {
  let vendor: VendorServer;
  let here: Place;

  beforeEach(async () => {
    vendor = new VendorServer();
    await vendor.open();
    vendor.debian('trixie', '13', '20260712-2541', disk);
    vendor.debian('trixie', '13', '20260826-2582', disk);
    vendor.debian('bookworm', '12', '20260817-2573', disk);
    vendor.ubuntu('24.04', 'release-20260911', disk);
    vendor.ubuntu('24.04', 'release-20260911.1', disk);
    vendor.ubuntu('26.04', 'release-20260717', disk);
    vendor.ubuntu('27.04', 'release-20270420', disk);
    vendor.ubuntu('28.04', 'beta', disk);
    here = place();
  });

  afterEach(() => {
    vendor.close();
  });

  const fetched = (
    text: string,
    formats: Parameters<typeof fetchImage>[1]['formats'] = ['vmdk', 'qcow2'],
    arch: 'amd64' | 'arm64' = 'amd64',
  ): Promise<GuestImage> => fetchImage(parseImageChoice(text, 'x-image'), { arch, formats, sites: vendor.sites }, here.ctx);

  it('are the newest of the index, in the first format there is', async () => {
    const rows: [string, 'amd64' | 'arm64', string, string][] = [
      ['debian', 'amd64', 'Debian 13, build 20260826-2582', 'debian-13-generic-amd64-20260826-2582.qcow2'],
      ['debian-12', 'arm64', 'Debian 12, build 20260817-2573', 'debian-12-generic-arm64-20260817-2573.qcow2'],
      ['ubuntu', 'amd64', 'Ubuntu 26.04, build 20260717', 'ubuntu-26.04-server-cloudimg-amd64.vmdk'],
      ['ubuntu-24.04', 'arm64', 'Ubuntu 24.04, build 20260911.1', 'ubuntu-24.04-server-cloudimg-arm64.img'],
    ];
    for (const [name, arch, title, file] of rows) {
      const image = await fetched(name, ['vmdk', 'qcow2'], arch);
      expect(image.title).to.equal(title);
      expect(basename(image.path)).to.match(new RegExp(`^[0-9a-f]{16}-${file}$`));
      expect(image.format).to.equal(file.endsWith('.vmdk') ? 'vmdk' : 'qcow2');
      expect(readFileSync(image.path).subarray(disk.length).toString()).to.equal(file);
    }
  });

  it('are fetched once', async () => {
    const first = await fetched('debian');
    expect((await fetched('debian')).path).to.equal(first.path);
    expect(vendor.fetched).to.have.length(1);
  });

  it('tell how far they are', async () => {
    await fetched('debian');
    expect(here.io.steps).to.include.members([
      '(vm1) Looking for the newest image of debian',
      '(vm1) Downloading debian-13-generic-amd64-20260826-2582.qcow2',
    ]);
  });

  it('cut off at half go on from there, also in the next run', async () => {
    vendor.cuts = [150_000, 0, 0, 0];
    const error = await failureOf(fetched('debian'));
    expect(error).to.include({ code: 'DOWNLOAD' });
    expect(error.hint).to.contain('continues');
    expect(here.io.steps.join('\n')).to.match(/Downloading debian-13-\S+qcow2: [\d.]+ KiB of 293 KiB \(\d\d %\), [\d.]+ K?i?B\/s/);
    const image = await fetched('debian');
    expect(vendor.requests.at(-1)?.range).to.match(/^bytes=[1-9]\d+-$/);
    expect(readFileSync(image.path)).to.have.length(disk.length + basename(image.path).length - 17);
  });

  it('with another content than the checksum says are refused and deleted', async () => {
    const path = '/images/cloud/trixie/20260826-2582/debian-13-generic-amd64-20260826-2582.qcow2';
    vendor.files.set(path, Buffer.concat([disk, Buffer.from('!')]));
    const error = await failureOf(fetched('debian'));
    expect(error).to.include({ code: 'DOWNLOAD' });
    expect(error.message).to.contain(`${vendor.origin}${path} has the wrong checksum: sha512 `);
    expect(readdirSync(here.cache)).to.deep.equal([]);
  });

  it('come from the cache when the index is down, and that is said', async () => {
    const before = await fetched('debian');
    vendor.down = true;
    expect(await fetched('debian')).to.deep.equal(before);
    expect(here.io.warnings).to.deep.equal([
      `(vm1) Cannot fetch ${vendor.sites.debian}/trixie/: HTTP 503 Service Unavailable. Using the image that was ` +
        `downloaded last: Debian 13, build 20260826-2582`,
    ]);
    vendor.close();
    expect(await fetched('debian')).to.deep.equal(before);
    expect(here.io.warnings.at(-1)).to.contain('refused the connection. Using');
    rmSync(before.path);
    expect((await failureOf(fetched('debian'))).message).to.contain('refused the connection');
  });

  it('are not taken for another name, architecture or format than was fetched', async () => {
    await fetched('debian');
    vendor.down = true;
    for (const work of [fetched('debian-12'), fetched('debian', ['qcow2'], 'arm64'), fetched('debian', ['raw'])]) {
      expect(await failureOf(work)).to.include({ code: 'DOWNLOAD' });
    }
  });

  it('are not replaced by a login page', async () => {
    vendor.portal = true;
    const error = await failureOf(fetched('debian'));
    expect(error.message).to.contain('is not a list of sha512 checksums');
    expect(error.hint).to.contain('login page');
    expect((await failureOf(fetched('ubuntu'))).message).to.contain('lists no LTS release');
  });

  it('are found behind a redirect', async () => {
    const other = new VendorServer();
    await other.open();
    other.moved = vendor.origin;
    const image = await fetchImage({ kind: 'name', name: 'debian' }, { arch: 'amd64', formats: ['qcow2'], sites: other.sites }, here.ctx);
    other.close();
    expect(image.title).to.contain('20260826-2582');
  });

  it('that are not published say so', async () => {
    const error = await failureOf(fetched('ubuntu', ['vmdk'], 'arm64'));
    expect(error).to.include({ code: 'DRIVER_UNSUPPORTED' });
    expect(error.message).to.equal(
      `Ubuntu 26.04, build 20260717 is not published for arm64 as vmdk in ${vendor.sites.ubuntu}/26.04/release-20260717/`,
    );
    expect((await failureOf(fetched('ubuntu-22.04'))).message).to.contain('HTTP 404');
  });

  it('stop at once when interrupted', async () => {
    const reason = new Error('Ctrl-C');
    here.abort.abort(reason);
    await fetched('debian').then(
      () => expect.fail(),
      (error: unknown) => {
        expect(error).to.equal(reason);
      },
    );
  });
});

describe("images of one's own", () => {
  let vendor: VendorServer;
  let here: Place;
  const wish = { arch: 'amd64', formats: ['vmdk', 'qcow2'] } as const;

  beforeEach(async () => {
    vendor = new VendorServer();
    await vendor.open();
    here = place();
  });

  afterEach(() => {
    vendor.close();
  });

  it('are fetched by address and digest, whatever their name says', async () => {
    vendor.files.set('/disk', disk);
    const digest = createHash('sha256').update(disk).digest('hex');
    const image = await fetchImage(parseImageChoice(`${vendor.origin}/disk#sha256:${digest}`, 'x'), wish, here.ctx);
    expect(image).to.include({ format: 'qcow2', title: `${vendor.origin}/disk` });
    const wrong = await failureOf(fetchImage(parseImageChoice(`${vendor.origin}/disk#sha512:${'0'.repeat(128)}`, 'x'), wish, here.ctx));
    expect(wrong.message).to.contain('has the wrong checksum: sha512');
    const gone = await failureOf(fetchImage(parseImageChoice(`${vendor.origin}/none#sha256:${digest}`, 'x'), wish, here.ctx));
    expect(gone.message).to.equal(`Cannot fetch ${vendor.origin}/none: HTTP 404 Not Found`);
  });

  it('are used where they lie', async () => {
    const path = join(scratch(), 'my.disk');
    writeFileSync(path, disk);
    expect(await fetchImage(parseImageChoice(path, 'x'), wish, here.ctx)).to.deep.equal({ path, format: 'qcow2', title: path });
    expect((await failureOf(fetchImage(parseImageChoice(`${path}.none`, 'x'), wish, here.ctx))).message).to.equal(
      `There is no image ${path}.none`,
    );
  });

  it('in a format that cannot be used are refused, and so are packed ones', async () => {
    const path = join(scratch(), 'my.disk');
    writeFileSync(path, 'vhdxfile and more');
    const error = await failureOf(fetchImage({ kind: 'file', path }, wish, here.ctx));
    expect(error).to.include({ code: 'DRIVER_PRECHECK', hint: 'Convert it to vmdk, qcow2' });
    expect(error.message).to.contain('has the format vhdx');
    writeFileSync(path, Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]));
    expect((await failureOf(fetchImage({ kind: 'file', path }, wish, here.ctx))).message).to.equal(`The image ${path} is compressed (xz)`);
  });
});
