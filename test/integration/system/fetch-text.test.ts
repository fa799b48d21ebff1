import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock } from 'node:test';

import { expect } from 'chai';

import { fetchText } from '../../../src/system/http/fetch-text.js';
import { failureOf } from '../../helpers/failure.js';

describe('the text at an address', () => {
  let answer: http.RequestListener;
  let server: http.Server;
  let url: string;

  beforeEach(async () => {
    server = http.createServer((request, response) => {
      answer(request, response);
    });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/index`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is read as UTF-8, behind redirects too', async () => {
    answer = (request, response) => {
      if (request.url === '/index') response.writeHead(302, { location: '/there' }).end();
      else response.end('größe\n');
    };
    expect(await fetchText(url)).to.equal('größe\n');
  });

  it('is asked for with a token, which no other server sees', async () => {
    const logins: [string | undefined, string | undefined][] = [];
    answer = (request, response) => {
      logins.push([request.url, request.headers.authorization]);
      if (request.url === '/index') response.writeHead(302, { location: '/here' }).end();
      else if (request.url === '/here')
        response.writeHead(302, { location: url.replace('127.0.0.1', 'localhost').replace('/index', '/other') }).end();
      else response.end();
    };
    await fetchText(url, { token: 'secret' });
    expect(logins).to.deep.equal([
      ['/index', 'token secret'],
      ['/here', 'token secret'],
      ['/other', undefined],
    ]);
  });

  it('is asked for anew every time', async () => {
    let count = 0;
    answer = (_request, response) => {
      response.end(String(++count));
    };
    expect([await fetchText(url), await fetchText(url)]).to.deep.equal(['1', '2']);
  });

  it('is an error that says what to do, when there is none', async () => {
    answer = (_request, response) => {
      response.writeHead(404).end('<html>');
    };
    expect(await failureOf(fetchText(`${url}?token=secret`))).to.include({
      code: 'DOWNLOAD',
      message: `Cannot fetch ${url}: HTTP 404 Not Found`,
      hint: 'Check the address',
    });
    answer = (_request, response) => {
      response.writeHead(503).end();
    };
    expect((await failureOf(fetchText(url))).hint).to.contain('try again later');
    for (const wrong of ['', 'index', 'file:///etc/passwd', 'ftp://x/y'])
      expect(await failureOf(fetchText(wrong))).to.include({ code: 'DOWNLOAD' });
  });

  it('is not half of it', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => {
        response.destroy();
      });
    };
    expect(await failureOf(fetchText(url))).to.include({ code: 'DOWNLOAD', hint: 'Run the command again' });
  });

  it('is not endless', async () => {
    answer = (_request, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(2 ** 20), more);
      };
      more();
    };
    expect((await failureOf(fetchText(url))).message).to.contain('it is longer than 16 MiB');
  });

  describe('that comes too slowly', () => {
    const arrived = 'http.client.response.finish';
    const late = () => {
      setImmediate(() => {
        mock.timers.tick(120_000);
      });
    };

    beforeEach(() => {
      mock.timers.enable({ apis: ['setTimeout'] });
    });
    afterEach(() => {
      mock.timers.reset();
      unsubscribe(arrived, late);
    });

    it('is given up in the middle of its head', async () => {
      answer = (request) => {
        request.socket.write('HTTP/1.1 200 OK\r\nX: ');
        mock.timers.tick(20_000);
      };
      expect((await failureOf(fetchText(url))).message).to.contain('no answer within 20 s');
    });

    it('is given up in the middle of it', async () => {
      subscribe(arrived, late);
      answer = (_request, response) => {
        response.write('x');
      };
      expect((await failureOf(fetchText(url))).message).to.contain('no complete answer within 120 s');
    });
  });

  it('is given up at once when aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    answer = () => {
      abort.abort(reason);
    };
    await fetchText(url, { signal: abort.signal }).then(
      () => expect.fail(),
      (error: unknown) => {
        expect(error).to.equal(reason);
      },
    );
  });
});
