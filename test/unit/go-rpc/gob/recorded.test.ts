import { expect } from 'chai';

import { bool, bytes, int, string } from '../../../../src/go-rpc/gob/basic.js';
import { map, slice, struct } from '../../../../src/go-rpc/gob/composite.js';
import { Encoder } from '../../../../src/go-rpc/gob/encoder.js';
import { interfaceOf } from '../../../../src/go-rpc/gob/interface.js';
import { nothing, request, response } from '../../../../src/go-rpc/rpc/messages.js';
import { counted, hex, received } from './streams.js';

/** What Docker Machine 0.16.2 and a plugin sent each other, as it was recorded. */
const defineRequest = hex('2fff81030101075265717565737401ff82000102010d536572766963654d6574686f64010c0001035365710106000000');
const getVersion = hex('1fff82011a5250435365727665724472697665722e47657456657273696f6e00');
const defineNothing = hex('0aff83030102ff84000000');
const sendNothing = hex('03ff8400');
const defineResponse = hex(
  '3aff8103010108526573706f6e736501ff82000103010d536572766963654d6574686f64010c00010353657101060001054572726f72010c000000',
);
const setConfig = hex('23ff82011c5250435365727665724472697665722e536574436f6e666967526177010100');
const config =
  '{"IPAddress":"","MachineName":"flag-lookup","SSHUser":"","SSHPort":0,"SSHKeyPath":"","StorePath":"","SwarmMaster":false,"SwarmHost":"","SwarmDiscovery":""}';
const sendConfig = Buffer.concat([hex('ff9f 0a00ff9b'), Buffer.from(config)]);
const heartbeat = hex('20ff8201195250435365727665724472697665722e486561727462656174010800');
const refusal = hex(
  '41ff8201145250435365727665724472697665722e53746f700104012467656e657269632064726976657220646f6573206e6f7420737570706f72742073746f7000',
);

const stringFlag = struct('StringFlag', { Name: string, Usage: string, EnvVar: string, Value: string });
const stringSliceFlag = struct('StringSliceFlag', { Name: string, Usage: string, EnvVar: string, Value: slice(string, '[]string') });
const flags = slice(interfaceOf({ '*mcnflag.StringFlag': stringFlag, '*mcnflag.StringSliceFlag': stringSliceFlag }));
const defineFlags = hex('0cff85020102ff860001100000');
const defineStringFlag = hex(
  '58 ff86 00 01 13"*mcnflag.StringFlag" ff8703 01 010a"StringFlag"01ff88 00 0104 01 04"Name"01 0c00 0105"Usage"010c00 0106"EnvVar"010c00 0105"Value"010c00 0000',
);
const urlFlag = hex('31 ff88 2e 0103"url" 0126"URL of host when no driver is selected" 00');

const values = interfaceOf({ string, int, bool, '[]string': slice(string) });
const rpcFlags = struct('RPCFlags', { Values: map(string, values, 'map[string]interface {}') });
const flagValues = interfaceOf({ '*rpcdriver.RPCFlags': rpcFlags });
const defineRpcFlags = hex('38 10 00 13"*rpcdriver.RPCFlags" ff8503 0101 08"RPCFlags" 01ff86 00 0101 01 06"Values" 01ff88 00 00 00');
const defineValues = hex('27 ff87 04 01 01 17"map[string]interface {}" 01ff88 00 010c 0110 00 00');
/** The entries of the recorded map: those before the one whose type must be defined, and what follows the definition. */
const entries = hex(
  [
    ...['12"engine-install-url" 06"string" 0c 18 00 16"https://get.docker.com"', '05"swarm" 04"bool" 02 02 00 00'],
    ...['10"google-disk-size" 03"int" 04 02 00 16', '12"google-preemptible" 04"bool" 02 02 00 01'],
  ].join(' '),
);
const openPorts = hex('10"google-open-port" 08"[]string" ff8902 0102 ff8a 00 010c 00 00');
const ports = hex('ff8a 0c 00 02 02"80" 06"81/udp"');

/** The map of five entries in the messages that Go makes of it. */
function flagValuesStream(): Buffer {
  const inside = Buffer.concat([hex('01 05'), entries, openPorts]);
  const first = Buffer.concat([hex('ff86'), counted(inside)]);
  const second = Buffer.concat([ports, hex('00')]);
  return Buffer.concat([defineRpcFlags, defineValues, counted(Buffer.concat([first, counted(second)]))]);
}

describe('gob: recorded streams, read', () => {
  it('requests of a client', () => {
    const stream = [defineRequest, getVersion, defineNothing, sendNothing, setConfig, sendConfig, heartbeat, sendNothing];
    const [one, nothingSent, two, raw, three, again] = received(Buffer.concat(stream));
    expect(one?.as(request)).to.deep.equal({ ServiceMethod: 'RPCServerDriver.GetVersion', Seq: 0n });
    expect(nothingSent?.as(nothing)).to.deep.equal({});
    expect(two?.as(request)).to.deep.equal({ ServiceMethod: 'RPCServerDriver.SetConfigRaw', Seq: 1n });
    expect(Buffer.from(raw?.as(bytes) ?? []).toString()).to.equal(config);
    expect(three?.as(request)).to.deep.equal({ ServiceMethod: 'RPCServerDriver.Heartbeat', Seq: 8n });
    expect(again?.as(nothing)).to.deep.equal({});
  });

  it('answers of a server', () => {
    const version = hex('03040002');
    const [name, port] = [hex('0e0c000b666c61672d6c6f6f6b7570'), hex('050400fe5f7c')];
    const stream = [defineResponse, getVersion, version, setConfig, defineNothing, sendNothing, name, version, port, refusal, sendNothing];
    const found = received(Buffer.concat(stream));
    expect(found[0]?.as(response)).to.deep.equal({ ServiceMethod: 'RPCServerDriver.GetVersion', Seq: 0n, Error: '' });
    expect(found.slice(1).map(({ value }) => value)).to.have.length(8);
    expect(found[1]?.as(int)).to.equal(1);
    expect(found[4]?.as(string)).to.equal('flag-lookup');
    expect(found[6]?.as(int)).to.equal(12222);
    expect(found[7]?.as(response)).to.deep.equal({
      ServiceMethod: 'RPCServerDriver.Stop',
      Seq: 4n,
      Error: 'generic driver does not support stop',
    });
  });

  it('the flags of a driver, whose value goes on in a second message', () => {
    const [found] = received(Buffer.concat([defineFlags, defineStringFlag, urlFlag]));
    expect(found?.as(flags)).to.deep.equal([
      { type: '*mcnflag.StringFlag', value: { Name: 'url', Usage: 'URL of host when no driver is selected', EnvVar: '', Value: '' } },
    ]);
  });

  it('the values of flags, with definitions within an interface within an interface', () => {
    const [found] = received(flagValuesStream());
    const held = found?.as(flagValues);
    if (held?.type !== '*rpcdriver.RPCFlags') throw new Error('another type');
    expect([...held.value.Values]).to.deep.equal([
      ['engine-install-url', { type: 'string', value: 'https://get.docker.com' }],
      ['swarm', { type: 'bool', value: false }],
      ['google-disk-size', { type: 'int', value: 11 }],
      ['google-preemptible', { type: 'bool', value: true }],
      ['google-open-port', { type: '[]string', value: ['80', '81/udp'] }],
    ]);
  });

  it('the same in pieces of one byte', () => {
    const stream = Buffer.concat([defineRequest, getVersion, defineNothing, sendNothing, setConfig, sendConfig, flagValuesStream()]);
    const valuesOf = (pieces: number) => received(stream, {}, pieces).map(({ value }) => value);
    expect(valuesOf(1)).to.deep.equal(valuesOf(stream.length));
  });

  it('the first type of newer Go, which is 64', () => {
    const stream = hex('39 7f 0301 01 08"Response" 01 ff80 00 01 03 01 0d"ServiceMethod" 010c00 0103"Seq" 010600 0105"Error"010c00 0000');
    expect(received(Buffer.concat([stream, hex('08 ff80 01 03"A.B" 00')]))[0]?.as(response)).to.deep.equal({
      ServiceMethod: 'A.B',
      Seq: 0n,
      Error: '',
    });
  });
});

describe('gob: recorded streams, written to the byte', () => {
  it('requests of a client', () => {
    const encoder = new Encoder();
    expect(encoder.encode(request, { ServiceMethod: 'RPCServerDriver.GetVersion', Seq: 0n })).to.deep.equal(
      Buffer.concat([defineRequest, getVersion]),
    );
    expect(encoder.encode(nothing, {})).to.deep.equal(Buffer.concat([defineNothing, sendNothing]));
    expect(encoder.encode(request, { ServiceMethod: 'RPCServerDriver.SetConfigRaw', Seq: 1n })).to.deep.equal(setConfig);
    expect(encoder.encode(bytes, Buffer.from(config))).to.deep.equal(sendConfig);
    expect(encoder.encode(request, { ServiceMethod: 'RPCServerDriver.Heartbeat', Seq: 8n })).to.deep.equal(heartbeat);
    expect(encoder.encode(nothing, {})).to.deep.equal(sendNothing);
    expect(encoder.encode(flagValues, flagValuesSent)).to.deep.equal(flagValuesStream());
  });

  it('answers of a server', () => {
    const encoder = new Encoder();
    expect(encoder.encode(response, { ServiceMethod: 'RPCServerDriver.GetVersion', Seq: 0n, Error: '' })).to.deep.equal(
      Buffer.concat([defineResponse, getVersion]),
    );
    expect(encoder.encode(int, 1)).to.deep.equal(hex('03040002'));
    expect(encoder.encode(nothing, {})).to.deep.equal(Buffer.concat([defineNothing, sendNothing]));
    expect(encoder.encode(string, 'flag-lookup')).to.deep.equal(hex('0e0c000b666c61672d6c6f6f6b7570'));
    expect(encoder.encode(int, 12222)).to.deep.equal(hex('050400fe5f7c'));
    expect(
      encoder.encode(response, { ServiceMethod: 'RPCServerDriver.Stop', Seq: 4n, Error: 'generic driver does not support stop' }),
    ).to.deep.equal(refusal);
    expect(
      encoder.encode(flags, [
        { type: '*mcnflag.StringFlag', value: { Name: 'url', Usage: 'URL of host when no driver is selected', EnvVar: '', Value: '' } },
      ]),
    ).to.deep.equal(Buffer.concat([defineFlags, defineStringFlag, urlFlag]));
  });

  it('the slice of StringSliceFlag', () => {
    const encoder = new Encoder();
    const value = { Name: 'a', Usage: '', EnvVar: '', Value: [] };
    const sent = encoder.encode(stringSliceFlag, value).toString('hex');
    expect(sent).to.include(hex('16 ff83 02 01 01 08"[]string" 01 ff84 00 01 0c 00 00').toString('hex'));
  });
});

const flagValuesSent = {
  type: '*rpcdriver.RPCFlags' as const,
  value: {
    Values: new Map([
      ['engine-install-url', { type: 'string' as const, value: 'https://get.docker.com' }],
      ['swarm', { type: 'bool' as const, value: false }],
      ['google-disk-size', { type: 'int' as const, value: 11 }],
      ['google-preemptible', { type: 'bool' as const, value: true }],
      ['google-open-port', { type: '[]string' as const, value: ['80', '81/udp'] }],
    ]),
  },
};
