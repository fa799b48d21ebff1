import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { plain } from '../../../../src/base/text.js';
import { addressOfInterface, namesInterface } from '../../../../src/swarm/members/interface-address.js';

describe('an interface as the address of a node', () => {
  const there = [
    { interface: 'eth0', ip: '192.0.2.7' },
    { interface: 'eth0', ip: 'fd77:9::2' },
    { interface: 'eth1', ip: '198.51.100.1' },
    { interface: 'eth1', ip: '198.51.100.2' },
    { interface: 'eth2', ip: '2001:db8::1' },
  ];

  for (const [text, known, address] of [
    ['eth0', [], '192.0.2.7'],
    ['eth0:2377', [], '192.0.2.7:2377'],
    ['eth0', ['fd77:9::2'], 'fd77:9::2'],
    ['eth0:2377', ['fd77:9::2'], '[fd77:9::2]:2377'],
    ['eth1', ['198.51.100.2', '192.0.2.7'], '198.51.100.2'],
    ['eth2:2377', [], '[2001:db8::1]:2377'],
  ] as const) {
    it(`${text} is ${address}${known.length === 0 ? '' : `, where the driver knows ${known.join(', ')}`}`, () => {
      expect(addressOfInterface('m1', text, there, known)).to.equal(address);
    });
  }

  for (const [text, message, hint] of [
    ['eth1', 'The interface eth1 of m1 has several addresses: 198.51.100.1, 198.51.100.2', 'Give one of them instead of the interface'],
    [
      'eth9',
      'm1 has no address on an interface "eth9"',
      'It has 192.0.2.7 (eth0), fd77:9::2 (eth0), 198.51.100.1 (eth1), 198.51.100.2 (eth1), 2001:db8::1 (eth2)',
    ],
  ] as const) {
    it(`${text} is refused: ${message}`, () => {
      try {
        addressOfInterface('m1', text, there, []);
      } catch (error) {
        expect(TsmachineError.is(error) && [error.code, error.message, plain(error.hint ?? '')]).to.deep.equal([
          'SWARM_JOIN',
          message,
          hint,
        ]);
        return;
      }
      expect.fail('it was taken');
    });
  }

  it('is told from an address', () => {
    expect(['eth0', 'eth0:2377', '192.0.2.7', '[::1]:2377', 'fd77:9::2', undefined].filter(namesInterface)).to.deep.equal([
      'eth0',
      'eth0:2377',
    ]);
  });
});
