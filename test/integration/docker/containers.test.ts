import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { openEngine, type Engine } from '../../../src/docker/client.js';
import { importImage, pullImage, runContainer } from '../../../src/docker/containers.js';
import { makeAuthority, type Authority } from './certificates.js';
import { json, startEngine, type Answer, type Answers, type Running } from './engine.js';

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('nothing failed'),
    (error: unknown) => {
      if (!TsmachineError.is(error)) throw error;
      return error;
    },
  );

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of request as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts);
}

function frame(stream: number, text: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** As engines do: a bare head, then raw frames until the program ends. */
const hijack = (request: IncomingMessage) => {
  request.socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n');
  return request.socket;
};

const progress =
  (...lines: object[]): Answer =>
  (request, response) => {
    void bodyOf(request).then(() => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      for (const line of lines) response.write(`${JSON.stringify(line)}\r\n`);
      response.end();
    });
  };

describe('containers and images over the API', function () {
  this.timeout(20_000);
  let authority: Authority;
  let server: { cert: string; key: string };
  let running: Running;
  let engine: Engine;
  const all = new AbortController();

  before(async () => {
    authority = await makeAuthority();
    server = await authority.server([]);
  });
  after(() => authority.remove());
  afterEach(async () => {
    engine.close();
    await running.close();
  });

  async function start(answers: Answers, signal?: AbortSignal): Promise<void> {
    running = await startEngine({ ...server, ca: authority.client.ca }, answers);
    engine = openEngine({ url: `tcp://127.0.0.1:${running.port}`, machine: 'm1', ...authority.client }, { signal });
  }
  const calls = () => running.requests.slice(1).map((line) => line.replace('/v1.51', '').replace(/\?.*/, ''));

  const lifeOf = (overrides: Answers = {}): Answers => {
    let output: ReturnType<typeof hijack> | undefined;
    return {
      'POST /containers/create': (_request, response) => {
        json(response, 201, { Id: 'c1' });
      },
      'POST /containers/c1/attach': (request) => {
        output = hijack(request);
      },
      'POST /containers/c1/start': (_request, response) => {
        response.writeHead(204).end();
        output?.end(Buffer.concat([frame(1, 'hello\n'), frame(2, 'oops\n'), frame(1, 'bye\n')]));
      },
      'POST /containers/c1/wait': { StatusCode: 3 },
      'DELETE /containers/c1': (_request, response) => response.writeHead(204).end(),
      ...overrides,
    };
  };

  it('run, give both outputs and the exit status, and are removed', async () => {
    await start(lifeOf());
    expect(await runContainer(engine, { image: 'x', cmd: ['true'] })).to.deep.equal({
      exitCode: 3,
      stdout: 'hello\nbye\n',
      stderr: 'oops\n',
    });
    expect(calls()).to.deep.equal([
      'POST /containers/create',
      'POST /containers/c1/attach',
      'POST /containers/c1/start',
      'POST /containers/c1/wait',
      'DELETE /containers/c1',
    ]);
    expect(running.requests.at(-1)).to.contain('force=true').and.to.contain('v=true');
  });

  it('are removed when they cannot start', async () => {
    await start(
      lifeOf({
        'POST /containers/c1/start': (_request, response) => {
          json(response, 400, { message: 'exec: "nothing": not found' });
        },
      }),
    );
    expect((await failure(runContainer(engine, { image: 'x', cmd: ['nothing'] }))).message).to.contain(
      'exec: "nothing": not found (HTTP 400)',
    );
    expect(calls().at(-1)).to.equal('DELETE /containers/c1');
  });

  it('are named as left behind when the removal fails too', async () => {
    await start(
      lifeOf({
        'POST /containers/c1/start': (_request, response) => {
          json(response, 400, { message: 'no start' });
        },
        'DELETE /containers/c1': (_request, response) => {
          json(response, 500, { message: 'no removal' });
        },
      }),
    );
    expect((await failure(runContainer(engine, { image: 'x', cmd: ['x'] }))).message)
      .to.contain('no start')
      .and.to.contain('c1 could not be removed')
      .and.to.contain('no removal');
  });

  it('are removed after an interruption of everything', async () => {
    await start(
      lifeOf({
        'POST /containers/c1/start': (_request, response) => {
          response.writeHead(204).end();
          setImmediate(() => {
            all.abort(new Error('Ctrl-C'));
          });
        },
      }),
      all.signal,
    );
    expect(await runContainer(engine, { image: 'x', cmd: ['sleep', '60'] }).catch((error: unknown) => error)).to.have.property(
      'message',
      'Ctrl-C',
    );
    expect(calls().at(-1)).to.equal('DELETE /containers/c1');
  });

  it('fail when the output breaks off', async () => {
    await start(
      lifeOf({
        'POST /containers/c1/attach': (request) => {
          hijack(request).end(frame(1, 'hello').subarray(0, 10));
        },
      }),
    );
    const error = await failure(runContainer(engine, { image: 'x', cmd: ['x'] }));
    expect(error.code).to.equal('ENGINE_API');
    expect(error.message).to.contain('ends in the middle of a frame');
  });

  it('are created of an image that exists', async () => {
    await start({
      'POST /containers/create': (_request, response) => {
        json(response, 404, { message: 'No such image: x' });
      },
    });
    expect((await failure(runContainer(engine, { image: 'x', cmd: ['x'] }))).message).to.contain('No such image: x (HTTP 404)');
  });

  it('images are imported as a stream', async () => {
    let received = 0;
    await start({
      'POST /images/create': (request, response) => {
        expect(request.headers).to.include({ 'content-type': 'application/x-tar', 'transfer-encoding': 'chunked' });
        void bodyOf(request).then((body) => {
          received = body.length;
          response.end('{"status":"sha256:abc"}\r\n');
        });
      },
    });
    const tar = Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(100_000)));
    expect(await importImage(engine, tar, 'registry:5000/lab/busybox:1')).to.equal('sha256:abc');
    expect(received).to.equal(5_000_000);
    expect(new URL(`http://x${running.requests[1]?.split(' ')[1] ?? ''}`).searchParams.toString()).to.equal(
      'fromSrc=-&repo=registry%3A5000%2Flab%2Fbusybox&tag=1',
    );
  });

  it('an error within the progress is an error, though the status was 200', async () => {
    await start({
      'POST /images/create': progress(
        { status: 'Pulling' },
        { errorDetail: { message: 'no space left on device' }, error: 'no space left on device' },
      ),
    });
    const seen: string[] = [];
    const error = await failure(pullImage(engine, 'busybox', { onProgress: (line) => seen.push(line) }));
    expect(error.code).to.equal('ENGINE_API');
    expect(error.message).to.contain('no space left on device').and.to.contain('"m1"');
    expect(seen).to.deep.equal(['Pulling']);
    expect(running.requests[1]).to.contain('fromImage=busybox&tag=latest');
  });

  const answering: Record<string, Answer> = {
    'at its end': progress({ status: 'x' }),
    'at once': (_request, response) => {
      response.writeHead(200).write('{"status":"x"}\r\n');
    },
  };
  for (const [when, answer] of Object.entries(answering)) {
    it(`an archive that cannot be read to its end is no fault of the engine that answers ${when}`, async () => {
      await start({ 'POST /images/create': answer });
      let heard: () => void = () => undefined;
      const progressed = new Promise<void>((resolve) => {
        heard = resolve;
      });
      async function* broken() {
        yield Buffer.alloc(1000);
        if (when === 'at once') await progressed;
        throw new Error('disk error');
      }
      const outcome = await importImage(engine, Readable.from(broken()), 'x', { onProgress: heard }).catch((error: unknown) => error);
      expect(outcome).to.have.property('message', 'disk error');
    });
  }

  it('an engine that refuses an archive at once is heard', async () => {
    await start({
      'POST /images/create': (_request, response) => {
        json(response, 400, { message: 'invalid reference' });
      },
    });
    const tar = Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(100_000)));
    expect((await failure(importImage(engine, tar, 'X'))).message).to.contain('invalid reference');
  });
});
