import { expect } from 'chai';

import { accept, connect } from '../../../../src/go-rpc/rpc/handshake.js';
import { failureOf, reasonOf } from '../../../helpers/failure.js';
import { streams } from './pair.js';

describe('net/rpc: the handshake', () => {
  it('is what Go sends, to the byte', async () => {
    const { near, far } = streams();
    const done = connect(near);
    const asked = await new Promise((resolve) => far.once('data', (piece: Buffer) => resolve(piece.toString())));
    expect(asked).to.equal('CONNECT /_goRPC_ HTTP/1.0\n\n');
    far.write('HTTP/1.0 200 Connected to Go RPC\n\n');
    await done;
  });

  it('takes headers and carriage returns, and leaves what follows in the stream', async () => {
    const { near, far } = streams();
    const done = connect(near);
    for (const piece of ['HTTP/1.1 200 Connected to Go RPC\r\nServer: x\r', '\n\r', '\nafter']) far.write(piece);
    await done;
    const rest = new Promise((resolve) => near.once('data', (piece: Buffer) => resolve(piece.toString())));
    near.resume();
    expect(await rest).to.equal('after');
  });

  it('refuses what is no server of net/rpc', async () => {
    const { near, far } = streams();
    const failure = failureOf(connect(near));
    far.write('HTTP/1.1 404 Not \u0007Found\n\n');
    expect((await failure).message).to.equal('This is no server of Go\'s net/rpc: it answers "HTTP/1.1 404 Not \\u0007Found"');
    expect(near.destroyed).to.equal(true);
  });

  it('refuses what is no client of net/rpc, as Go does', async () => {
    for (const [asked, answer] of [
      ['GET / HTTP/1.1', 'HTTP/1.0 405 Method Not Allowed\n\n405 must CONNECT\n'],
      ['CONNECT /other HTTP/1.0', 'HTTP/1.0 404 Not Found\n\n'],
    ]) {
      const { near, far } = streams();
      const failure = failureOf(accept(far));
      near.write(`${asked}\n\n`);
      expect(String(await new Promise((resolve) => near.once('data', resolve)))).to.equal(answer);
      expect((await failure).code).to.equal('RPC_PROTOCOL');
    }
  });

  it('ends at its time limit, with its signal, with the stream, and when there is no end of it', async () => {
    expect((await failureOf(connect(streams().near, { timeout: 5 }))).code).to.equal('WAIT_TIMEOUT');
    const abort = new AbortController();
    const call = reasonOf(connect(streams().near, { signal: abort.signal }));
    abort.abort(new Error('interrupted'));
    expect(String(await call)).to.equal('Error: interrupted');
    expect(String(await reasonOf(connect(streams().near, { signal: abort.signal })))).to.equal('Error: interrupted');
    const [ended, endless] = [streams(), streams()];
    const lost = failureOf(connect(ended.near));
    ended.far.end();
    expect((await lost).code).to.equal('RPC_LOST');
    const long = failureOf(connect(endless.near));
    for (let i = 0; i < 3; i++) endless.far.write('x'.repeat(4000));
    expect((await long).message).to.match(/within 8192 bytes/);
  });
});
