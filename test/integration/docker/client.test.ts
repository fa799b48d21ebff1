import { createServer } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { openEngine, type Engine, type EngineOptions } from '../../../src/docker/client.js';
import { membershipOf } from '../../../src/swarm/engine/membership.js';
import { findNode, listNodes } from '../../../src/swarm/engine/nodes.js';
import { makeAuthority, type Authority } from './certificates.js';
import { json, listen, startEngine, startPlainEngine, type Answers, type Running } from './engine.js';

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('nothing failed'),
    (error: unknown) => {
      if (!TsmachineError.is(error)) throw error;
      return error;
    },
  );

describe("an engine's API", function () {
  this.timeout(20_000);
  let authority: Authority;
  let server: { cert: string; key: string };
  let running: Running;
  let engine: Engine;

  before(async () => {
    authority = await makeAuthority();
    server = await authority.server([]);
  });
  after(() => authority.remove());
  afterEach(async () => {
    engine.close();
    await running.close();
  });

  async function start(answers: Answers = {}, options: EngineOptions = {}): Promise<void> {
    running = await startEngine({ ...server, ca: authority.client.ca }, answers);
    engine = openEngine({ url: `tcp://127.0.0.1:${running.port}`, machine: 'm1', ...authority.client }, options);
  }

  it('is asked for its version once, then in the highest version both speak, over one connection', async () => {
    await start({
      'GET /version': { Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12' },
      'GET /info': { Driver: 'overlay2' },
    });
    expect((await engine.version()).Version).to.equal('20.10.24');
    expect(await engine.info()).to.deep.equal({ Driver: 'overlay2' });
    await engine.ping();
    await engine.version();
    expect(running.requests).to.deep.equal(['GET /version', 'GET /v1.41/info', 'GET /_ping']);
    expect(running.connections()).to.equal(1);
  });

  it('is not spoken to in a version older than it wants', async () => {
    await start({ 'GET /version': { Version: '99.0', ApiVersion: '2.9', MinAPIVersion: '2.0' } });
    expect((await failure(engine.info())).message).to.contain('requires API 2.0 or later');
    expect(running.requests).to.deep.equal(['GET /version']);
  });

  it('is asked for its version again after a failure', async () => {
    let asked = 0;
    await start({
      'GET /version': (_request, response) => {
        asked += 1;
        if (asked === 1) json(response, 503, { message: 'starting' });
        else json(response, 200, { Version: '1', ApiVersion: '1.40' });
      },
    });
    expect((await failure(engine.version())).message).to.contain('starting (HTTP 503)');
    expect((await engine.version()).Version).to.equal('1');
  });

  it('takes queries and JSON', async () => {
    let received = '';
    await start({
      'POST /containers/create': (request, response) => {
        request
          .setEncoding('utf8')
          .on('data', (text: string) => {
            received += text;
          })
          .on('end', () => {
            json(response, 201, { Id: 'c1' });
          });
      },
    });
    const body = { Image: 'x', Env: ['A=ü'] };
    expect(await engine.request('POST', '/containers/create', { query: { name: 'a b&c', platform: undefined }, body })).to.deep.equal({
      Id: 'c1',
    });
    expect(running.requests[1]).to.equal('POST /v1.51/containers/create?name=a+b%26c');
    expect(JSON.parse(received)).to.deep.equal(body);
  });

  it('may answer nothing', async () => {
    await start({
      'POST /a': (_request, response) => response.writeHead(204).end(),
      'POST /b': (_request, response) => response.writeHead(304).end(),
    });
    expect(await engine.request('POST', '/a')).to.equal(undefined);
    expect(await engine.request('POST', '/b')).to.equal(undefined);
  });

  it('gives its errors in its own words, with machine, address and call', async () => {
    await start({
      'GET /json': (_request, response) => {
        json(response, 409, { message: 'name is in use' });
      },
      'GET /text': (_request, response) => response.writeHead(502).end('<b>bad\n gateway</b>'),
      'GET /empty': (_request, response) => response.writeHead(500).end(),
      'GET /html': (_request, response) => response.end('<html>'),
    });
    const words = async (path: string) => {
      const error = await failure(engine.request('GET', path));
      expect(error.code).to.equal('ENGINE_API');
      expect(error.message).to.contain('"m1"').and.to.contain(`127.0.0.1:${running.port}`).and.to.contain(`GET ${path}: `);
      return error.message.split(`GET ${path}: `)[1];
    };
    expect(await words('/json')).to.equal('name is in use (HTTP 409)');
    expect(await words('/text')).to.equal('<b>bad gateway</b> (HTTP 502)');
    expect(await words('/empty')).to.equal('no explanation (HTTP 500)');
    expect(await words('/html')).to.equal('the answer is not JSON: <html>');
    expect(await words('/missing')).to.equal('page not found (HTTP 404)');
  });

  it('is connected to again when it has closed a kept connection', async () => {
    await start({ 'GET /info': { A: 1 } });
    await engine.version();
    running.cut();
    expect(await engine.info()).to.deep.equal({ A: 1 });
    expect(running.connections()).to.equal(2);
  });

  it('is given up when the answer breaks off', async () => {
    await start({
      'GET /info': (_request, response) => {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('{"A":', () => response.socket?.destroy());
      },
    });
    const error = await failure(engine.info());
    expect(error.code).to.equal('ENGINE_UNREACHABLE');
    expect(error.message).to.contain('lost in the middle of the answer').and.to.contain('GET /info');
  });

  it('is given up when it switches protocols, or ends, instead of answering', async () => {
    await start({
      'GET /info': (_request, response) => {
        response.writeHead(101, { Connection: 'Upgrade', Upgrade: 'tcp' }).end();
      },
      'GET /images/json': (_request, response) => {
        response.socket?.end();
      },
    });
    const switched = await failure(engine.info());
    expect(switched.code).to.equal('ENGINE_UNREACHABLE');
    expect(switched.message).to.contain('answered 101').and.to.contain('GET /info');
    expect((await failure(engine.request('GET', '/images/json'))).code).to.equal('ENGINE_UNREACHABLE');
  });

  it('is given up when it is silent, before or within an answer', async () => {
    await start({
      'GET /never': () => undefined,
      'GET /half': (_request, response) => {
        response.write('{');
      },
    });
    for (const path of ['/never', '/half']) {
      const error = await failure(engine.request('GET', path, { timeout: 200 }));
      expect(error.code, path).to.equal('ENGINE_UNREACHABLE');
      expect(error.message, path).to.match(/connected, but no (complete )?answer within 0\.2 s/);
    }
  });

  it('is given up when it sends a byte now and then, as head or as body', async () => {
    const dripping: NodeJS.Timeout[] = [];
    const drip = (socket: { write(text: string): unknown }) => dripping.push(setInterval(() => socket.write(' '), 20));
    await start({
      'GET /head': (request) => {
        request.socket.write('HTTP/1.1 200 OK\r\nX: ');
        drip(request.socket);
      },
      'GET /body': (_request, response) => {
        drip(response);
      },
      'GET /continue': (request) => {
        dripping.push(setInterval(() => request.socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 20));
      },
    });
    await engine.version();
    try {
      for (const path of ['/head', '/body', '/continue']) {
        const error = await failure(engine.request('GET', path, { timeout: 300 }));
        expect(error.code, path).to.equal('ENGINE_UNREACHABLE');
        expect(error.message, path).to.contain(path === '/body' ? 'no complete answer within 0.3 s' : 'no answer within 0.3 s');
      }
      const slow = openEngine({ ...engine.target }, { readTimeout: 300 });
      expect((await failure(slow.find('/body'))).message).to.contain('no complete answer within 0.3 s');
      slow.close();
    } finally {
      dripping.forEach(clearInterval);
    }
  });

  it('is not believed when its answer has another shape, is nested without end, or has words without end', async () => {
    await start({
      'GET /nodes': [null],
      'GET /info': { Swarm: { ControlAvailable: 'yes' } },
      'GET /nodes/x': { ID: '../../y', Version: { Index: 1 }, Spec: { Role: 'worker', Availability: 'active' } },
      'GET /deep': (_request, response) => {
        response.end('['.repeat(100_000) + ']'.repeat(100_000));
      },
      'GET /words': (_request, response) => {
        json(response, 500, { message: `one\ntwo ${'x'.repeat(100_000)}` });
      },
    });
    const says = async (work: Promise<unknown>, words: string) => {
      const error = await failure(work);
      expect(error.code).to.equal('ENGINE_API');
      expect(error.message).to.contain(words);
      return error;
    };
    await says(listNodes(engine), 'failed at GET /nodes: it is not what an engine answers: the answer[0] is not an object');
    await says(membershipOf(engine), 'the answer.Swarm.ControlAvailable is not true or false');
    await says(findNode(engine, 'x'), 'the answer.ID is not an id');
    await says(engine.request('GET', '/deep'), 'nested deeper than 200 levels');
    expect((await says(engine.request('GET', '/words'), 'one two xxx')).message.length).to.be.below(1100);
  });

  it('is given up with the signal of the call or of the engine', async () => {
    const all = new AbortController();
    await start(
      {
        'GET /never': () => undefined,
        'GET /half': (_request, response) => {
          response.write('{');
        },
      },
      { signal: all.signal },
    );
    await engine.version();
    for (const path of ['/never', '/half']) {
      const one = new AbortController();
      const outcome = engine.request('GET', path, { signal: one.signal }).catch((error: unknown) => error);
      setImmediate(() => {
        one.abort(new Error(path));
      });
      expect(await outcome).to.have.property('message', path);
    }
    const outcome = engine.request('GET', '/never').catch((error: unknown) => error);
    all.abort(new Error('all'));
    expect(await outcome).to.have.property('message', 'all');
    expect(await engine.ping().catch((error: unknown) => error)).to.have.property('message', 'all');
  });

  it('times out in connecting', async () => {
    running = await listen(
      createServer(() => undefined),
      [],
      { host: '127.0.0.1', port: 0 },
    );
    engine = openEngine({ url: `tcp://127.0.0.1:${running.port}`, machine: 'm1', ...authority.client }, { timeout: 150 });
    expect((await failure(engine.version())).message)
      .to.contain('no answer within 0.15 s')
      .and.to.contain('GET /version');
  });

  describe('on a socket of the file system', () => {
    let dir: string;
    let url: string;
    beforeEach(async () => {
      dir = await mkdtemp(join(tmpdir(), 'tsmachine-socket-'));
      url = `unix://${join(dir, 'docker.sock')}`;
      running = await startPlainEngine({ 'GET /info': { A: 1 } }, { path: join(dir, 'docker.sock') });
      engine = openEngine({ url, machine: 'm1', ca: '', cert: '', key: '' });
    });
    afterEach(() => rm(dir, { recursive: true, force: true }));

    it('needs no certificates', async () => {
      expect(await engine.info()).to.deep.equal({ A: 1 });
    });

    it('is missed by its path', async () => {
      await running.close();
      const error = await failure(engine.version());
      expect(error.code).to.equal('ENGINE_UNREACHABLE');
      expect(error.message).to.contain(url).and.to.contain('no engine listens on this socket');
    });
  });
});
