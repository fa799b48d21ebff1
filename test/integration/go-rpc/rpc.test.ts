import { expect } from 'chai';
import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo } from 'node:net';

import { bool, bytes, int, string } from '../../../src/go-rpc/gob/basic.js';
import { map, slice, struct } from '../../../src/go-rpc/gob/composite.js';
import { interfaceOf } from '../../../src/go-rpc/gob/interface.js';
import { RpcClient } from '../../../src/go-rpc/rpc/client.js';
import { accept, connect } from '../../../src/go-rpc/rpc/handshake.js';
import { nothing } from '../../../src/go-rpc/rpc/messages.js';
import { method, serve } from '../../../src/go-rpc/rpc/server.js';
import { failureOf } from '../../helpers/failure.js';
import { goProgram, output, server } from './program.js';

const stringFlag = struct('StringFlag', { Name: string, Usage: string, EnvVar: string, Value: string });
const intFlag = struct('IntFlag', { Name: string, Usage: string, EnvVar: string, Value: int });
const flags = slice(interfaceOf({ '*mcnflag.StringFlag': stringFlag, '*mcnflag.IntFlag': intFlag }));
const held = interfaceOf({ string, int, bool, '[]string': slice(string) });
const options = interfaceOf({ '*rpcdriver.RPCFlags': struct('RPCFlags', { Values: map(string, held, 'map[string]interface {}') }) });
const shapes = {
  GetVersion: { argument: nothing, result: int },
  Echo: { argument: string, result: string },
  Nothing: { argument: nothing, result: nothing },
  GetFlags: { argument: nothing, result: flags },
  SetFlags: { argument: options, result: string },
  SetConfig: { argument: bytes, result: int },
  Wait: { argument: nothing, result: string },
};
const someFlags = [
  { type: '*mcnflag.StringFlag', value: { Name: 'url', Usage: 'URL of host', EnvVar: 'URL', Value: 'x' } },
  { type: '*mcnflag.IntFlag', value: { Name: 'port', Usage: '', EnvVar: '', Value: -22 } },
  { type: '*mcnflag.StringFlag', value: { Name: 'other', Usage: '', EnvVar: '', Value: '' } },
] as const;

describe("net/rpc: our client and Go's server", () => {
  let program: string;

  before(async function () {
    program = await goProgram(this);
  });

  it('calls everything a plugin has', async () => {
    const { child, port } = await server(program);
    try {
      const stream = dial(port, '127.0.0.1');
      await connect(stream, { timeout: 20_000 });
      const client = new RpcClient(stream);
      expect(await client.call('Service.GetVersion', shapes.GetVersion, {})).to.equal(1);
      expect(await client.call('Service.GetFlags', shapes.GetFlags, {})).to.deep.equal(someFlags);
      const Values = new Map([
        ['text', { type: 'string', value: 't' }],
        ['number', { type: 'int', value: 11 }],
        ['on', { type: 'bool', value: true }],
        ['list', { type: '[]string', value: ['a', 'b'] }],
        ['none', null],
      ] as const);
      const set = { type: '*rpcdriver.RPCFlags', value: { Values } } as const;
      expect(await client.call('Service.SetFlags', shapes.SetFlags, set)).to.equal('t11 true [a b] <nil>');
      const failure = await failureOf(client.call('Service.Fail', shapes.Nothing, {}));
      expect([failure.code, failure.message]).to.deep.equal(['RPC_FAILED', 'Host is not running']);
      const missing = await failureOf(client.call('Service.GetIPv6', shapes.Echo, ''));
      expect(missing.message).to.equal("rpc: can't find method Service.GetIPv6");
      expect(await client.call('Service.SetConfig', shapes.SetConfig, Buffer.alloc(2 ** 20))).to.equal(2 ** 20);
      const words = Array.from({ length: 200 }, (_, i) => `call ${i}`);
      expect(await Promise.all(words.map((word) => client.call('Service.Echo', shapes.Echo, word)))).to.deep.equal(words);
      const waiting = client.call('Service.Wait', shapes.Wait, {});
      await client.call('Service.Release', shapes.Nothing, {});
      expect(await waiting).to.equal('released');
      const exit = await failureOf(client.call('Service.Exit', shapes.Nothing, {}));
      expect(exit.code).to.equal('RPC_LOST');
      expect(await client.ended).to.equal(exit);
    } finally {
      child.kill();
    }
  });

  it('tells what Go says of an argument of another shape', async () => {
    const { child, port } = await server(program);
    try {
      const stream = dial(port, '127.0.0.1');
      await connect(stream, { timeout: 20_000 });
      const client = new RpcClient(stream);
      const call = client.call('Service.Echo', { argument: int, result: string }, 1, { timeout: 20_000 });
      expect((await failureOf(call)).message).to.equal('gob: decoding into local type *string, received remote type int');
    } finally {
      child.kill();
    }
  });
});

describe("net/rpc: Go's client and our server", () => {
  it('answers everything that Go asks', async function () {
    const program = await goProgram(this);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const listener = createServer((socket) => {
      void accept(socket).then(() => serve(socket, { Service: service(() => socket.destroy()) }));
    });
    const service = (exit: () => void) => ({
      GetVersion: method(shapes.GetVersion, () => 1),
      Echo: method(shapes.Echo, (text) => text),
      Fail: method(shapes.Nothing, () => {
        throw new Error('Host is not running');
      }),
      GetFlags: method(shapes.GetFlags, () => someFlags),
      SetFlags: method(shapes.SetFlags, (sent) => (sent?.type === undefined ? 'nothing' : JSON.stringify([...sent.value.Values].sort()))),
      SetConfig: method(shapes.SetConfig, ({ length }) => length),
      Wait: method(shapes.Wait, async () => {
        await released;
        return 'released';
      }),
      Release: method(shapes.Nothing, () => {
        release();
        return {};
      }),
      Exit: method(shapes.Nothing, () => {
        exit();
        return {};
      }),
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    try {
      const printed = (await output(program, ['call', `127.0.0.1:${port}`])).toString();
      expect(printed.split('\n')).to.deep.equal([
        ...['<nil> 1', '<nil>', '&{Name:url Usage:URL of host EnvVar:URL Value:x}', '&{Name:port Usage: EnvVar: Value:-22}'],
        '&{Name:other Usage: EnvVar: Value:}',
        `<nil> ${JSON.stringify([
          ['list', { type: '[]string', value: ['a', 'b'] }],
          ['none', null],
          ['number', { type: 'int', value: 11 }],
          ['on', { type: 'bool', value: true }],
          ['text', { type: 'string', value: 't' }],
        ])}`,
        ...['Host is not running', "rpc: can't find method Service.Missing", "rpc: can't find service Other.Missing"],
        ...['<nil> 1048576', '<nil>', '<nil> released', 'unexpected EOF', ''],
      ]);
    } finally {
      listener.close();
    }
  });
});
