import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect } from 'chai';

import { bringIso, changeIso, checkIso, isoImages, isoOf } from '../../../src/guest/boot2docker/iso.js';
import { isoFile, isoSource, isoText } from '../../../src/guest/boot2docker/source.js';
import { isoImage } from '../../../src/guest/iso/image.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { failureOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { scratch } from '../../helpers/scratch.js';

const latest = 'https://api.github.com/repos/boot2docker/boot2docker/releases/latest';
const asset = (version: string) => `https://github.com/boot2docker/boot2docker/releases/download/${version}/boot2docker.iso`;

/** A web with these documents and files, and a machine's folder. */
class Net {
  readonly dir = scratch();
  readonly io = new RecordingIo();
  readonly fetched: string[] = [];
  readonly ctx: Pick<DriverContext, 'io' | 'machineDir' | 'machineName' | 'download' | 'fetchText'>;

  constructor(texts: Readonly<Record<string, string>> = {}, files: Readonly<Record<string, string>> = {}) {
    const find = (url: string, among: Readonly<Record<string, string>>) => {
      this.fetched.push(url);
      return among[url] === undefined ? Promise.reject(new Error(`no ${url}`)) : Promise.resolve(among[url]);
    };
    mkdirSync(join(this.dir, 'm1'));
    this.ctx = {
      io: this.io,
      machineName: 'm1',
      machineDir: join(this.dir, 'm1'),
      fetchText: (url) => find(url, texts),
      download: (url, { again = false } = {}) => find(`${url}${again ? ' again' : ''}`, files),
    };
  }

  iso(version: string, name = `${version}.iso`): string {
    const path = join(this.dir, name);
    writeFileSync(path, isoImage(`Boot2Docker-${version}`, [], new Date(0)));
    return path;
  }
}

describe('where a boot2docker ISO comes from', () => {
  it('a path, kept whole; a file URL; a URL', async () => {
    const { ctx } = new Net();
    expect([isoText(''), isoText('./b.iso'), isoText('https://x/b.iso')]).to.deep.equal([
      '',
      join(process.cwd(), 'b.iso'),
      'https://x/b.iso',
    ]);
    expect(isoFile('https://x/b.iso')).to.equal(undefined);
    expect(await isoSource('/srv/b.iso', ctx)).to.deep.equal({ kind: 'file', path: '/srv/b.iso' });
    expect(await isoSource(pathToFileURL('/srv/b.iso').href, ctx)).to.deep.equal({ kind: 'file', path: '/srv/b.iso' });
    expect(await isoSource('https://x/b.iso', ctx)).to.deep.equal({ kind: 'url', url: 'https://x/b.iso' });
    const sha256 = 'ab'.repeat(32);
    expect(await isoSource(`http://x/b.iso#sha256:${sha256}`, ctx)).to.deep.equal({ kind: 'url', url: 'http://x/b.iso', sha256 });
  });

  it("the newest of a list of releases, boot2docker's own where nothing is named", async () => {
    const company = 'https://git.example.com/api/v3/repos/ops/b2d/releases';
    const { ctx, io } = new Net({ [latest]: '{"tag_name":"v19.03.12"}', [`${company}/latest`]: '{"tag_name":"v20.1"}' });
    for (const text of ['', 'https://api.github.com/repos/boot2docker/boot2docker/releases']) {
      expect(await isoSource(text, ctx)).to.deep.equal({ kind: 'url', url: asset('v19.03.12'), version: 'v19.03.12' });
    }
    expect(await isoSource(company, ctx)).to.deep.equal({
      kind: 'url',
      url: 'https://git.example.com/ops/b2d/releases/download/v20.1/boot2docker.iso',
      version: 'v20.1',
    });
    expect(io.infos.at(-1)).to.equal('Latest release for git.example.com/ops/b2d is v20.1');
  });

  it('says what is wrong with a list of releases', async () => {
    const limited = await failureOf(isoSource('', new Net({ [latest]: '{"message":"API rate limit exceeded"}' }).ctx));
    expect(limited.message).to.match(/^failure getting a version tag from the Github API response \(are you getting rate limited/);
    expect(await failureOf(isoSource('', new Net({ [latest]: '<html>' }).ctx))).to.include({
      code: 'DOWNLOAD',
      hint: 'A proxy or a login page may have answered instead',
    });
    expect((await failureOf(isoSource('', new Net({ [latest]: '{"tag_name":"../../x"}' }).ctx))).code).to.equal('DOWNLOAD');
  });
});

describe('the boot2docker ISO of a machine', () => {
  it('is copied into its folder, if it is one', async () => {
    const net = new Net();
    const own = await bringIso(net.iso('v1'), net.ctx);
    expect(own).to.equal(isoOf(net.ctx.machineDir));
    expect(readFileSync(own).equals(readFileSync(net.iso('v1')))).to.equal(true);
    const page = join(net.dir, 'page');
    writeFileSync(page, '<html>');
    const web = new Net({}, { 'https://x/b.iso': page });
    expect(await failureOf(bringIso('https://x/b.iso', web.ctx))).to.include({
      message: 'https://x/b.iso is not an ISO image',
      hint: 'A proxy or a login page may have answered instead',
    });
    expect(await failureOf(checkIso(page, 'x-url'))).to.include({
      code: 'DRIVER_PRECHECK',
      message: `${page} is not an ISO image`,
      hint: 'Check --x-url',
    });
    expect(await failureOf(checkIso('/nowhere.iso', 'x-url'))).to.include({ message: 'There is no ISO /nowhere.iso' });
    await checkIso('https://x/b.iso', 'x-url');
  });

  it('has a newer one where the list of releases says so; the same is not fetched', async () => {
    const net = new Net({ [latest]: '{"tag_name":"v2"}' });
    await bringIso(net.iso('v2'), net.ctx);
    expect(await isoImages('', net.ctx)).to.deep.equal({ current: { version: 'v2', path: `${isoOf(net.ctx.machineDir)}.former` } });
    expect(net.fetched).to.deep.equal([latest]);
    const newer = new Net({ [latest]: '{"tag_name":"v3"}' }, { [asset('v3')]: net.iso('v3') });
    await bringIso(newer.iso('v2'), newer.ctx);
    expect((await isoImages('', newer.ctx)).newer).to.deep.equal({ version: 'v3', path: net.iso('v3') });
  });

  it('has a newer one where its URL, asked anew, or its path holds another', async () => {
    const net = new Net();
    const web = new Net({}, { 'https://x/b.iso again': net.iso('v3') });
    await bringIso(web.iso('v2'), web.ctx);
    expect((await isoImages('https://x/b.iso', web.ctx)).newer?.version).to.equal('v3');
    const path = web.iso('v2', 'mine.iso');
    expect(await isoImages(path, web.ctx)).not.to.have.property('newer');
    web.iso('v4', 'mine.iso');
    expect((await isoImages(path, web.ctx)).newer?.version).to.equal('v4');
  });

  it('is changed for another and back; half a change is mended', async () => {
    const { ctx } = new Net();
    const iso = (version: string) => isoImage(version, [], new Date(0));
    const own = isoOf(ctx.machineDir);
    const label = () => readFileSync(own).toString('latin1', 0x8028, 0x802a);
    const put = (version: string) => {
      writeFileSync(join(ctx.machineDir, 'x'), iso(version));
      return join(ctx.machineDir, 'x');
    };
    writeFileSync(own, iso('v1'));
    await changeIso(put('v2'), ctx);
    expect([label(), existsSync(`${own}.former`)]).to.deep.equal(['v2', true]);
    await changeIso(`${own}.former`, ctx);
    expect(label()).to.equal('v1');
    writeFileSync(`${own}.incoming`, 'half');
    await changeIso(put('v3'), ctx);
    expect([label(), readdirSync(ctx.machineDir).sort()]).to.deep.equal(['v3', ['boot2docker.iso', 'boot2docker.iso.former', 'x']]);
    expect(await failureOf(changeIso('/nowhere', ctx))).to.have.property('code', 'STORE_UNWRITABLE');
    expect([label(), existsSync(`${own}.incoming`)]).to.deep.equal(['v3', false]);
  });
});
