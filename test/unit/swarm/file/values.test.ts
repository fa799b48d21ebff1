import { expect } from 'chai';

import { nanoseconds } from '../../../../src/swarm/file/duration.js';
import { poolFault } from '../../../../src/swarm/model/address-pool.js';
import { parseNodeAddress } from '../../../../src/swarm/model/node-address.js';

describe('swarm file: values', () => {
  for (const [text, ns] of [
    ['1ns', 1],
    ['1us', 1e3],
    ['1µs', 1e3],
    ['1ms', 1e6],
    ['1s', 1e9],
    ['1m', 60e9],
    ['1h', 3600e9],
    ['1h1m1s', 3661e9],
    ['0.1s', 1e8],
    ['0s', 0],
    ['', undefined],
    ['1', undefined],
    ['s', undefined],
    ['1d', undefined],
    ['-1s', undefined],
    ['1 h', undefined],
    ['1h ', undefined],
    ['1.s', undefined],
    ['1H', undefined],
  ] as const) {
    it(`duration ${JSON.stringify(text)}`, () => {
      expect(nanoseconds(text)).to.equal(ns);
    });
  }

  for (const [text, fault] of [
    ['10.0.0.0/8', undefined],
    ['192.168.128.0/17', undefined],
    ['10.0.0.8/29', undefined],
    ['10.0.0.4/29', /bits after/],
    ['10.0.0.0/30', /\/1 to \/29/],
    ['0.0.0.0/0', /\/1 to \/29/],
  ] as const) {
    it(`pool ${text}`, () => {
      if (fault) expect(poolFault(text)).to.match(fault);
      else expect(poolFault(text)).to.equal(undefined);
    });
  }

  for (const [text, address] of [
    ['10.0.0.1', { host: '10.0.0.1', isIp: true }],
    ['10.0.0.1:2377', { host: '10.0.0.1', isIp: true, port: 2377 }],
    ['fd00::1', { host: 'fd00::1', isIp: true }],
    ['[fd00::1]:2377', { host: 'fd00::1', isIp: true, port: 2377 }],
    ['eth1', { host: 'eth1', isIp: false }],
    ['eth1:2377', { host: 'eth1', isIp: false, port: 2377 }],
    ['eth0.100', { host: 'eth0.100', isIp: false }],
    ['br-0123456789ab', { host: 'br-0123456789ab', isIp: false }],
    ['10.0.0', undefined],
    ['10.0.0.256', undefined],
    ['a.example.com', undefined],
    ['host.lan.', undefined],
    ['br-0123456789abc', undefined],
    ['', undefined],
    ['eth 1', undefined],
    ['[fd00::1]', undefined],
    ['[eth1]:1', undefined],
    ['eth1:', undefined],
    ['eth1:0', undefined],
    ['eth1:65536', undefined],
    ['10.0.0.1:1:2', undefined],
    ['fd00::1%eth0', undefined],
    ['a/b', undefined],
  ] as const) {
    it(`address ${JSON.stringify(text)}`, () => {
      expect(parseNodeAddress(text)).to.deep.equal(address);
    });
  }
});
