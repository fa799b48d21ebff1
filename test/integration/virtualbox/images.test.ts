import { createHash } from 'node:crypto';

import { expect } from 'chai';

import { VendorServer } from '../guest/vendor.js';
import { emptyQcow2 } from './disk.js';
import { Guests } from './guests.js';
import { Playground } from './playground.js';
import { VendorProxy } from './vendor-proxy.js';

const next = (name = 'm1') => `Run the same command again to continue, or remove what was made: tsmachine rm -y ${name}\n`;
const digestOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('virtualbox: images from the network, by the command line', () => {
  let here: Playground;
  let vendor: VendorServer;

  beforeEach(async () => {
    here = await Playground.open();
    here.vbox.guests = new Guests();
    vendor = new VendorServer();
    await vendor.open();
  });
  afterEach(async () => {
    vendor.close();
    await here.close();
  });

  const natOnly = (image: string, name = 'm1') => here.create(['--virtualbox-nat-only', '--virtualbox-image', image, name]);

  describe('by an address with its checksum', () => {
    const disk = emptyQcow2();
    const url = () => `${vendor.origin}/disk.qcow2`;

    beforeEach(() => {
      vendor.files.set('/disk.qcow2', disk);
    });

    it('another content than the checksum says is refused, and nothing of it stays', async () => {
      const wrong = 'f'.repeat(64);
      const { code, stderr } = await natOnly(`${url()}#sha256:${wrong}`);
      expect(code).to.equal(1);
      expect(stderr).to.contain(
        `Error creating machine: ${url()} has the wrong checksum: sha256 ${digestOf(disk)}, expected ${wrong}\n` +
          `The file was changed on the server or in transit. Check where the expected checksum comes from\n${next()}`,
      );
      expect(here.cached()).to.deep.equal([]);
      expect(here.vbox.left()).to.deep.equal([]);
      await here.removed();
    });

    it('cut off at half: what came is kept, and the next create asks for the rest alone', async () => {
      vendor.cuts = [200_000, 0, 0, 0];
      const image = `${url()}#sha256:${digestOf(disk)}`;
      const { code, stderr } = await natOnly(image);
      expect(code).to.equal(1);
      const said =
        /^Error creating machine: Cannot fetch \S+\/disk\.qcow2: cut off at (\d+) of 400000 bytes \(.+\), after 4 attempts$/m.exec(
          stderr,
        )?.[1];
      expect(Number(said), stderr).to.be.within(1, 200_000); // what Node had read when the connection broke
      const rest = `bytes=${said ?? ''}-`;
      expect(stderr).to.contain(`Run the command again: the transfer continues where it stopped\n${next()}`);
      expect(vendor.requests.map(({ range }) => range)).to.deep.equal([undefined, rest, rest, rest]);
      expect(here.cached().map((name) => name.slice(17))).to.deep.equal(['disk.qcow2.part', 'disk.qcow2.part.tag']);

      const second = await natOnly(image);
      expect(second.code, second.stderr).to.equal(0);
      expect(vendor.requests.slice(4).map(({ range }) => range)).to.deep.equal([rest]);
      expect(here.cached().map((name) => name.slice(17))).to.have.members(['disk.qcow2', 'disk.qcow2.raw.vdi']);
      await here.removed();
    });

    it('goes by the proxy of HTTP_PROXY, and past it where NO_PROXY says so', async () => {
      const proxy = await VendorProxy.open(here.dir, vendor);
      here.env = { ...here.env, ...proxy.env };
      const image = `${url()}#sha256:${'0'.repeat(64)}`;
      try {
        await natOnly(image);
        expect(proxy.asked).to.deep.equal([`GET ${url()}`]);
        here.env = { ...here.env, NO_PROXY: '127.0.0.0,127.0.0.1', no_proxy: '' };
        await natOnly(image);
        expect(proxy.asked).to.have.length(1);
        expect(vendor.requests).to.have.length(2);
      } finally {
        proxy.close();
      }
      await here.removed();
    });
  });

  describe('by a short name', () => {
    let proxy: VendorProxy;

    beforeEach(async () => {
      vendor.debian('trixie', '13', '20260826-2582', emptyQcow2());
      proxy = await VendorProxy.open(here.dir, vendor);
      here.env = { ...here.env, ...proxy.env };
    });
    afterEach(() => {
      proxy.close();
    });

    const index = 'https://cloud.debian.org/images/cloud/trixie/';

    it('comes from the vendor over HTTPS, by the proxy of HTTPS_PROXY', async () => {
      const { code, stderr } = await natOnly('debian');
      expect(code, stderr).to.equal(0);
      expect(new Set(proxy.asked)).to.deep.equal(new Set(['CONNECT cloud.debian.org:443']));
      expect(vendor.fetched).to.have.length(1);
      await here.removed();
    });

    it('the index cannot be reached: the image that was fetched last is used, and that is said', async () => {
      await natOnly('debian');
      await here.removed();
      vendor.down = true;
      const busy = await natOnly('debian');
      expect(busy.code, busy.stderr).to.equal(0);
      expect(busy.stderr).to.contain(
        `(m1) Cannot fetch ${index}: HTTP 503 Service Unavailable. Using the image that was downloaded last: Debian 13, build 20260826-2582\n`,
      );
      await here.removed();
      proxy.close();
      const gone = await natOnly('debian');
      expect(gone.code, gone.stderr).to.equal(0);
      expect(gone.stderr).to.match(
        /^\(m1\) Cannot fetch \S+\/trixie\/: \S+ refused the connection\. Using the image that was downloaded last: Debian 13, build 20260826-2582$/m,
      );
      expect(vendor.fetched).to.have.length(1);
      await here.removed();
    });

    it('the index cannot be reached, and there is no image here: it fails and says why', async () => {
      proxy.close();
      const { code, stderr } = await natOnly('debian');
      const host = new URL(String(proxy.env['HTTPS_PROXY'])).host;
      expect(code).to.equal(1);
      expect(stderr).to.contain(
        `Error creating machine: Cannot fetch ${index}: ${host} refused the connection\n` +
          `The request used the proxy ${host}, as set by HTTPS_PROXY, HTTP_PROXY and NO_PROXY\n${next()}`,
      );
      expect(here.cached()).to.deep.equal([]);
      await here.removed();
    });
  });
});
