import { expect } from 'chai';

import { bytes, int, string, uint64 } from '../../../../src/go-rpc/gob/basic.js';
import { struct } from '../../../../src/go-rpc/gob/composite.js';
import { Encoder } from '../../../../src/go-rpc/gob/encoder.js';
import { RpcClient } from '../../../../src/go-rpc/rpc/client.js';
import { nothing, request, response } from '../../../../src/go-rpc/rpc/messages.js';
import { method, serve } from '../../../../src/go-rpc/rpc/server.js';
import { failureOf, reasonOf } from '../../../helpers/failure.js';
import { pair, streams } from './pair.js';

const text = { argument: string, result: string };
const echo = method(text, (argument) => argument);
const getVersion = { argument: nothing, result: int };

describe('net/rpc: our client and our server', () => {
  it('calls a method', async () => {
    const { client } = await pair({ A: { GetVersion: method(getVersion, () => 1) } });
    expect(await client.call('A.GetVersion', getVersion, {})).to.equal(1);
    expect(await client.call('A.GetVersion', getVersion, {})).to.equal(1);
  });

  it('answers in the order in which methods end', async () => {
    const opened: (() => void)[] = [];
    const slow = method(text, async (argument) => {
      if (argument === 'slow') await new Promise<void>((resolve) => opened.push(resolve));
      return argument;
    });
    const { client } = await pair({ A: { Slow: slow } });
    const ended: string[] = [];
    const calls = ['slow', 'a', 'b'].map(async (word) => {
      ended.push(await client.call('A.Slow', text, word));
      if (word === 'b') opened.forEach((open) => open());
    });
    await Promise.all(calls);
    expect(ended).to.deep.equal(['a', 'b', 'slow']);
  });

  it('tells what a method throws, in its own words', async () => {
    const refuse = method(text, () => {
      throw new Error('Host is not running');
    });
    const { client } = await pair({ A: { Refuse: refuse, Echo: echo } });
    const failure = await failureOf(client.call('A.Refuse', text, ''));
    expect([failure.code, failure.message]).to.deep.equal(['RPC_FAILED', 'Host is not running']);
    expect(await client.call('A.Echo', text, 'goes on')).to.equal('goes on');
  });

  it('answers what it does not have as Go does', async () => {
    const { client } = await pair({ A: { Echo: echo } });
    const textOf = async (name: string) => (await failureOf(client.call(name, text, ''))).message;
    expect(await textOf('A.GetIPv6')).to.equal("rpc: can't find method A.GetIPv6");
    expect(await textOf('B.Echo')).to.equal("rpc: can't find service B.Echo");
    expect(await textOf('Echo')).to.equal('rpc: service/method request ill-formed: Echo');
    expect(await textOf('A.constructor')).to.equal("rpc: can't find method A.constructor");
    expect(await textOf('__proto__.toString')).to.equal("rpc: can't find service __proto__.toString");
  });

  it('refuses an argument and a result of another type, and goes on', async () => {
    const { client } = await pair({ A: { Echo: echo, Bytes: method({ argument: nothing, result: bytes }, () => Buffer.from('x')) } });
    const sent = await failureOf(client.call('A.Echo', { argument: int, result: string }, 7));
    expect(sent.code).to.equal('RPC_FAILED');
    expect(sent.message).to.match(/the value should be a string and is a number/);
    const got = await failureOf(client.call('A.Bytes', { argument: nothing, result: struct('S', { Name: string }) }, {}));
    expect(got.code).to.equal('RPC_PROTOCOL');
    expect(got.message).to.match(/the value should be a struct and is bytes/);
    expect(await client.call('A.Echo', text, 'goes on')).to.equal('goes on');
  });

  it('sends nothing of a call whose argument its type cannot hold, and defines its types again', async () => {
    const shape = { argument: struct('N', { Number: int }), result: int };
    const { client } = await pair({ A: { Number: method(shape, ({ Number: one }) => one) } });
    expect(String(await reasonOf(client.call('A.Number', shape, { Number: 1.5 })))).to.match(/RangeError: 1.5 is no integer/);
    expect(await client.call('A.Number', shape, { Number: 2 })).to.equal(2);
  });

  it('answers with an error when a result cannot be sent', async () => {
    const { client } = await pair({ A: { Half: method(getVersion, () => 0.5), GetVersion: method(getVersion, () => 1) } });
    expect((await failureOf(client.call('A.Half', getVersion, {}))).message).to.match(/0.5 is no integer/);
    expect(await client.call('A.GetVersion', getVersion, {})).to.equal(1);
  });

  it('runs many calls at the same time, and never more than 64', async () => {
    let [now, most] = [0, 0];
    const busy = method({ argument: uint64, result: uint64 }, async (argument) => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return argument;
    });
    const { client } = await pair({ A: { Busy: busy } });
    const numbers = Array.from({ length: 1000 }, (_, i) => BigInt(i));
    const shape = { argument: uint64, result: uint64 };
    expect(await Promise.all(numbers.map((one) => client.call('A.Busy', shape, one)))).to.deep.equal(numbers);
    expect(most).to.equal(64);
  });
});

describe('net/rpc: a call that is given up', () => {
  const hang = method(text, (_, signal) => new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('late'))));

  it('ends at its time limit, and its late answer is dropped', async () => {
    const { near, far } = streams();
    const client = new RpcClient(near);
    const failure = await failureOf(client.call('A.Slow', text, 'a', { timeout: 5 }));
    expect([failure.code, failure.message]).to.deep.equal(['WAIT_TIMEOUT', 'A.Slow has not answered within 0.005 s']);
    const encoder = new Encoder();
    const second = client.call('A.Slow', text, 'b');
    for (const [Seq, answer] of [
      [0n, 'for the first'],
      [7n, 'for nobody'],
      [1n, 'for the second'],
    ] as const)
      far.write(encoder.encodePair(response, { ServiceMethod: 'A.Slow', Seq, Error: '' }, string, answer));
    expect(await second).to.equal('for the second');
  });

  it('ends with the reason of its signal', async () => {
    const { client } = await pair({ A: { Hang: hang } });
    const abort = new AbortController();
    const call = client.call('A.Hang', text, '', { signal: abort.signal });
    abort.abort(new Error('interrupted'));
    expect(String(await reasonOf(call))).to.equal('Error: interrupted');
    expect(String(await reasonOf(client.call('A.Hang', text, '', { signal: abort.signal })))).to.equal('Error: interrupted');
  });

  it('ends with all others when the connection ends, with one error, and the server stops its methods', async () => {
    const { client, served, far } = await pair({ A: { Hang: hang } });
    const calls = [1, 2, 3].map(() => reasonOf(client.call('A.Hang', text, '')));
    await new Promise(setImmediate);
    far.destroy();
    const [first, ...others] = await Promise.all(calls);
    expect(first).to.include({ code: 'RPC_LOST' });
    expect(others.every((one) => one === first)).to.equal(true);
    expect(await client.ended).to.equal(first);
    expect(await reasonOf(client.call('A.Hang', text, ''))).to.equal(first);
    expect((await served).code).to.equal('RPC_LOST');
  });

  it('ends when the client is closed', async () => {
    const { client, served } = await pair({ A: { Hang: hang } });
    const call = reasonOf(client.call('A.Hang', text, ''));
    client.close();
    expect(await call).to.include({ code: 'RPC_LOST', message: 'The connection was closed' });
    await served;
  });

  it('ends when what comes is no gob, which ends the connection', async () => {
    const { near, far } = streams();
    const client = new RpcClient(near);
    const call = failureOf(client.call('A.B', text, ''));
    far.write(Buffer.from([3, 0x7f, 0, 0]));
    expect((await call).message).to.match(/^gob stream, byte [23]: /);
    expect((await call).code).to.equal('RPC_PROTOCOL');
    expect(near.destroyed).to.equal(true);
  });

  it('says when the stream ended within an answer', async () => {
    const { near, far } = streams();
    const client = new RpcClient(near);
    const call = failureOf(client.call('A.B', text, ''));
    far.end(Buffer.from([0x3a, 0xff]));
    expect((await call).message).to.equal('The connection has ended: gob stream, byte 2: the stream ends within a value');
  });
});

describe('net/rpc: a server', () => {
  it('ends a connection whose header is no request', async () => {
    const { near, far } = streams();
    const served = serve(far, {});
    near.write(new Encoder().encodePair(string, 'no request', string, ''));
    expect((await served).message).to.match(/^gob stream, byte 0: the value should be a struct and is a string$/);
  });

  it('reads no further while its answers are not read', async () => {
    const { near, far } = streams();
    let calls = 0;
    const large = method({ argument: nothing, result: bytes }, () => {
      calls++;
      return Buffer.alloc(100_000);
    });
    const served = serve(far, { A: { Large: large } });
    const encoder = new Encoder();
    for (let i = 0n; i < 1000n; i++) near.write(encoder.encodePair(request, { ServiceMethod: 'A.Large', Seq: i }, nothing, {}));
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    expect(calls).to.be.within(1, 200);
    near.destroy();
    far.destroy();
    await served;
  });
});
