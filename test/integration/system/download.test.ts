import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { mock } from 'node:test';
import { pathToFileURL } from 'node:url';

import { expect } from 'chai';

import { download } from '../../../src/system/http/download.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

const body = Buffer.alloc(300_000, 'tsmachine ');
const sha256 = createHash('sha256').update(body).digest('hex');

/** A file server whose behaviour each test scripts: it may cut off, forget ranges, change the file. */
class FileServer {
  readonly requests: http.IncomingHttpHeaders[] = [];
  readonly paths: string[] = [];
  content = body;
  etag: string | undefined = '"v1"';
  ranges = true;
  /** Bytes after which the next answers are cut off. */
  cuts: number[] = [];
  /** Statuses of the next answers; 0 stands for the file. */
  statuses: number[] = [];
  /** Every answer stops after one byte, and stays open. */
  drips = false;
  private readonly server = http.createServer((request, response) => {
    this.answer(request, response);
  });

  async open(): Promise<void> {
    await new Promise<void>((done) => {
      this.server.listen(0, '127.0.0.1', done);
    });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  url(path = '/images/disk.img'): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.requests.push(request.headers);
    this.paths.push(request.url ?? '');
    if (request.url === '/moved') return void response.writeHead(302, { location: '/images/disk.img' }).end();
    if (request.url === '/plain') return void response.writeHead(302, { location: 'http://nowhere.invalid/disk.img' }).end();
    if (request.url === '/loop') return void response.writeHead(302, { location: '/loop' }).end();
    const status = this.statuses.shift();
    if (status) return void response.writeHead(status).end('no');
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const unchanged = request.headers['if-range'] === undefined || request.headers['if-range'] === this.etag;
    const partial = this.ranges && request.headers.range !== undefined && unchanged;
    const size = this.content.length;
    if (partial && start >= size) return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    const part = partial ? this.content.subarray(start) : this.content;
    response.writeHead(partial ? 206 : 200, { 'content-length': part.length, ...(this.etag !== undefined && { etag: this.etag }) });
    if (this.drips) return void response.write(part.subarray(0, 1));
    const cut = this.cuts.shift();
    if (cut === undefined) return void response.end(part);
    response.write(part.subarray(0, cut), () => {
      response.destroy();
    });
  }
}

describe('download', () => {
  let server: FileServer;
  let dir: string;

  beforeEach(async () => {
    server = new FileServer();
    await server.open();
    dir = join(scratch(), 'cache');
  });

  afterEach(() => {
    server.close();
  });

  it('fetches a file once, into a private folder, and reports progress', async () => {
    const seen: [number, number | undefined][] = [];
    const file = await download(server.url(), dir, { onProgress: (done, total) => seen.push([done, total]) });
    expect(readFileSync(file).equals(body)).to.equal(true);
    expect(basename(file)).to.match(/^[0-9a-f]{16}-disk\.img$/);
    expect(seen.at(-1)).to.deep.equal([body.length, body.length]);
    expect([statSync(dir).mode & 0o777, statSync(file).mode & 0o777]).to.deep.equal([0o700, 0o600]);
    expect(await download(server.url(), dir)).to.equal(file);
    expect(server.requests).to.have.length(1);
    expect(readdirSync(dir)).to.deep.equal([basename(file)]);
  });

  it('fetches again what may be another file by now, when told so; until it is here the file before stays', async () => {
    const file = await download(server.url(), dir);
    server.content = Buffer.from('newer');
    server.etag = '"v2"';
    server.statuses.push(404);
    await failureOf(download(server.url(), dir, { again: true }));
    expect(readFileSync(file).equals(body)).to.equal(true);
    expect(await download(server.url(), dir, { again: true })).to.equal(file);
    expect(readFileSync(file, 'utf8')).to.equal('newer');
  });

  it('goes by the digest where there is one, so that mirrors share the file', async () => {
    const file = await download(server.url('/a/disk.img'), dir, { sha256 });
    expect(await download(server.url('/b/disk.img'), dir, { sha256: sha256.toUpperCase() })).to.equal(file);
    expect(server.requests).to.have.length(1);
    expect(await download(server.url('/b/disk.img'), dir)).not.to.equal(file);
  });

  it('continues after a cut, from the byte it has', async () => {
    server.cuts = [200_000];
    const file = await download(server.url(), dir, { sha256 });
    expect(readFileSync(file).equals(body)).to.equal(true);
    const range = Number(/bytes=(\d+)-/.exec(server.requests[1]?.range ?? '')?.[1]);
    expect(range).to.be.within(1, 200_000);
    expect(server.requests[1]?.['if-range']).to.equal('"v1"');
  });

  it('continues what an earlier call left', async () => {
    server.cuts = [200_000, 0, 0, 0];
    const error = await failureOf(download(server.url(), dir));
    expect(error.code).to.equal('DOWNLOAD');
    expect(error.message).to.match(new RegExp(`^Cannot fetch ${server.url()}: cut off at \\d+ of 300000 bytes .*, after 4 attempts$`));
    expect(error.hint).to.contain('continues');
    const left = readdirSync(dir).find((name) => name.endsWith('.part')) ?? '';
    const size = statSync(join(dir, left)).size;
    expect(size).to.be.within(1, 200_000);
    server.requests.length = 0;
    expect(readFileSync(await download(server.url(), dir)).equals(body)).to.equal(true);
    expect(server.requests.map(({ range }) => range)).to.deep.equal([`bytes=${size}-`]);
    expect(readdirSync(dir)).to.have.length(1);
  });

  it('begins again when the file has changed on the server', async () => {
    server.cuts = [200_000];
    server.statuses = [0, 404];
    await failureOf(download(server.url(), dir));
    server.content = Buffer.alloc(200_000, 'new');
    server.etag = '"v2"';
    expect(readFileSync(await download(server.url(), dir)).equals(server.content)).to.equal(true);
  });

  it('begins again when nothing tells whether the file is the same, and when the server knows no ranges', async () => {
    server.etag = undefined;
    server.cuts = [200_000];
    expect(readFileSync(await download(server.url('/a'), dir)).equals(body)).to.equal(true);
    expect(server.requests.map(({ range }) => range)).to.deep.equal([undefined, undefined]);
    server.ranges = false;
    server.cuts = [200_000];
    expect(readFileSync(await download(server.url('/b'), dir, { sha256 })).equals(body)).to.equal(true);
    expect(server.requests.at(-1)?.range).to.match(/^bytes=\d+-$/);
  });

  it('refuses a wrong checksum, names both, and keeps nothing', async () => {
    const wrong = '0'.repeat(64);
    const error = await failureOf(download(server.url(), dir, { sha256: wrong }));
    expect(error.code).to.equal('DOWNLOAD');
    expect(error.message).to.contain(server.url()).and.to.contain(sha256).and.to.contain(wrong);
    expect(readdirSync(dir)).to.deep.equal([]);
  });

  it('verifies a sha512 as well, and goes by it', async () => {
    const sha512 = createHash('sha512').update(body).digest('hex');
    const file = await download(server.url(), dir, { sha512: sha512.toUpperCase() });
    expect(basename(file)).to.equal(`${sha512.slice(0, 16)}-disk.img`);
    const error = await failureOf(download(server.url(), dir, { sha512: '0'.repeat(128) }));
    expect(error.message).to.equal(`${server.url()} has the wrong checksum: sha512 ${sha512}, expected ${'0'.repeat(128)}`);
    expect(readdirSync(dir)).to.deep.equal([basename(file)]);
  });

  it('does not blame the server for a part that an earlier run left behind', async () => {
    server.cuts = [200_000];
    server.statuses = [0, 404];
    await failureOf(download(server.url(), dir, { sha256 }));
    const part = join(dir, readdirSync(dir).find((name) => name.endsWith('.part')) ?? '');
    writeFileSync(part, Buffer.alloc(60_000, 'x'));
    expect(readFileSync(await download(server.url(), dir, { sha256 })).equals(body)).to.equal(true);
  });

  it('begins again when the part is longer than the file', async () => {
    server.cuts = [200_000];
    server.statuses = [0, 404];
    await failureOf(download(server.url(), dir));
    const part = join(dir, readdirSync(dir).find((name) => name.endsWith('.part')) ?? '');
    writeFileSync(part, Buffer.alloc(400_000, 'x'));
    expect(readFileSync(await download(server.url(), dir)).equals(body)).to.equal(true);
  });

  it('takes a part that was complete already', async () => {
    const file = await download(server.url(), dir, { sha256 });
    renameSync(file, `${file}.part`);
    server.requests.length = 0;
    expect(await download(server.url(), dir, { sha256 })).to.equal(file);
    expect(server.requests.map(({ range }) => range)).to.deep.equal([`bytes=${body.length}-`]);
  });

  it('names the status, tries a busy server again, and shows no secret of the URL', async () => {
    server.statuses = [404];
    const error = await failureOf(download(server.url('/images/none?token=secret'), dir));
    expect(error.message).to.equal(`Cannot fetch ${server.url('/images/none')}: HTTP 404 Not Found`);
    server.statuses = [503];
    expect(existsSync(await download(server.url(), dir))).to.equal(true);
  });

  it('gives up a server that sends a byte now and then', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      server.drips = true;
      const onProgress = () => {
        mock.timers.tick(60_000);
      };
      const error = await failureOf(download(server.url(), dir, { onProgress }));
      expect(error.message).to.contain('(only 1 bytes in 60 s), after 4 attempts');
    } finally {
      mock.timers.reset();
    }
  });

  it('follows redirects, and not for ever', async () => {
    expect(readFileSync(await download(server.url('/moved'), dir)).equals(body)).to.equal(true);
    expect((await failureOf(download(server.url('/loop'), dir))).message).to.contain('redirected more than 10 times');
  });

  it('says who refused the connection', async () => {
    const url = server.url();
    server.close();
    const error = await failureOf(download(url, dir));
    expect(error.code).to.equal('DOWNLOAD');
    expect(error.message).to.match(/: 127\.0\.0\.1:\d+ refused the connection$/);
  });

  it('stops at once when aborted, and leaves no lock', async () => {
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    const work = download(server.url(), dir, {
      signal: abort.signal,
      onProgress: () => {
        abort.abort(reason);
      },
    });
    await work.then(
      () => expect.fail(),
      (error: unknown) => {
        expect(error).to.equal(reason);
      },
    );
    expect(readdirSync(dir).filter((name) => name.endsWith('.lock'))).to.deep.equal([]);
  });

  it('fetches once for ten who ask at the same time', async () => {
    const files = await Promise.all(Array.from({ length: 10 }, () => download(server.url(), dir, { sha256 })));
    expect(new Set(files).size).to.equal(1);
    expect(server.requests).to.have.length(1);
  });

  it('uses a local file where it is', async () => {
    const file = join(scratch(), 'disk.img');
    writeFileSync(file, body);
    expect(await download(pathToFileURL(file).href, dir, { sha256 })).to.equal(file);
    expect(await failureOf(download(pathToFileURL(file).href, dir, { sha256: '0'.repeat(64) }))).to.include({ code: 'DOWNLOAD' });
    expect((await failureOf(download(pathToFileURL(`${file}.none`).href, dir))).message).to.contain(`${file}.none`);
  });

  it('refuses what is no address', async () => {
    for (const url of ['', 'disk.img', 'ftp://x/y']) expect(await failureOf(download(url, dir))).to.include({ code: 'DOWNLOAD' });
  });

  it('comes over plain http from elsewhere only when it is verified', async () => {
    const direct = await failureOf(download('http://nowhere.invalid/disk.img', dir));
    expect(direct).to.include({ code: 'DOWNLOAD', exit: 1 });
    expect(direct.message).to.equal(
      'Cannot fetch http://nowhere.invalid/disk.img: the address is plain http, so anybody on the way could change what comes',
    );
    expect((await failureOf(download(server.url('/plain'), dir))).message).to.contain(
      '/plain: it redirects to plain http (http://nowhere.invalid/disk.img), so anybody on the way could change what comes',
    );
    expect((await failureOf(download(server.url('/plain'), dir, { sha256 }))).message).to.contain('the name nowhere.invalid cannot');
  });

  describe('through a proxy', () => {
    const old = { ...process.env };
    afterEach(() => {
      for (const name of ['http_proxy', 'https_proxy']) {
        if (old[name] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = old[name];
      }
    });

    it('asks the proxy for a plain URL, with its login', async () => {
      process.env['http_proxy'] = server.url('').replace('//', '//ann:pw@');
      expect(readFileSync(await download('http://nowhere.invalid/disk.img', dir, { sha256 })).equals(body)).to.equal(true);
      expect(server.paths).to.deep.equal(['http://nowhere.invalid/disk.img']);
      expect(server.requests[0]).to.include({
        host: 'nowhere.invalid',
        'proxy-authorization': `Basic ${Buffer.from('ann:pw').toString('base64')}`,
      });
    });

    it('opens a tunnel for a secure one, and says what the proxy answered', async () => {
      const asked: string[] = [];
      const proxy = net.createServer((socket) => {
        socket.once('data', (data: Buffer) => {
          asked.push(data.toString('latin1').split('\r\n')[0] ?? '');
          socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        });
      });
      await new Promise<void>((done) => {
        proxy.listen(0, '127.0.0.1', done);
      });
      const { port } = proxy.address() as AddressInfo;
      process.env['https_proxy'] = `http://127.0.0.1:${port}`;
      const error = await failureOf(download('https://nowhere.invalid/disk.img', dir));
      proxy.close();
      expect(asked).to.deep.equal(['CONNECT nowhere.invalid:443 HTTP/1.1']);
      expect(error.message).to.equal('Cannot fetch https://nowhere.invalid/disk.img: the proxy answered 403 Forbidden');
      expect(error.hint).to.contain(`127.0.0.1:${port}`);
    });
  });
});
