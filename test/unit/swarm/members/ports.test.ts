import { expect } from 'chai';

import { nodeAddresses } from '../../../../src/swarm/members/addresses.js';
import { closeMemberPorts, openMemberPorts } from '../../../../src/swarm/members/ports.js';
import type { OpenPortsRequest } from '../../../../src/driver/contract.js';
import type { Machine } from '../../../../src/machine/machine.js';
import { openSession } from '../../../../src/session.js';
import { silentIo } from '../../../../src/base/io.js';
import { plain, type Text } from '../../../../src/base/text.js';
import type { Swarm } from '../../../../src/swarm/reach/swarm.js';
import { scratch } from '../../../helpers/scratch.js';

interface Asked {
  readonly driver: string;
  readonly members: readonly string[];
  readonly request: OpenPortsRequest;
}

/** A swarm whose machines are only data; `cloud` opens ports per region, `lan` has nothing to open. */
function swarmOf(
  record: readonly string[],
  machines: Readonly<Record<string, { driver: string; region: string; public: string; private: string }>>,
) {
  const asked: Asked[] = [];
  const warnings: Text[] = [];
  let refused = false;
  const machineOf = (name: string): Machine => {
    const { driver, region, ...ips } = machines[name] ?? { driver: '', region: '', public: '', private: '' };
    const openPorts = (members: ReadonlyMap<string, unknown>, _ctx: unknown, request: OpenPortsRequest) => {
      asked.push({ driver, members: [...members.keys()], request });
      return refused ? Promise.reject(new Error('no')) : Promise.resolve();
    };
    return {
      name,
      place: `${driver} ${region}`,
      data: { region },
      module: { name: driver, flags: [] },
      driver: { account: () => region, ...(driver === 'cloud' ? { openPorts } : {}) },
      where: () =>
        Promise.resolve({
          addresses: [
            { ip: ips.public, scope: 'public' },
            { ip: ips.private, scope: 'private' },
          ],
        }),
    } as unknown as Machine;
  };
  const members = new Map(Object.keys(machines).map((name) => [name, { name, machine: machineOf(name) }]));
  const session = openSession({ storePath: scratch(), io: { ...silentIo, warn: (text) => void warnings.push(text) } });
  const swarm = {
    session,
    name: 'prod',
    record: { members: Object.fromEntries(record.map((name) => [name, {}])) },
    members,
  } as unknown as Swarm;
  return {
    swarm,
    asked,
    warnings,
    refuse: () => (refused = true),
    machine: (name: string) => members.get(name)?.machine ?? machineOf(name),
  };
}

const one = { driver: 'cloud', region: 'north', public: '198.51.100.1', private: '10.0.0.1' };
const two = { driver: 'cloud', region: 'north', public: '198.51.100.2', private: '10.0.0.2' };
const far = { driver: 'cloud', region: 'south', public: '198.51.100.9', private: '10.0.0.9' };
const host = { driver: 'lan', region: '', public: '203.0.113.5', private: '192.168.1.5' };

describe('the ports between members', () => {
  it('are asked for of every account, with the whole set and the members elsewhere as peers', async () => {
    const { swarm, asked } = swarmOf(['one', 'far', 'host'], { one, two, far, host });
    await openMemberPorts(swarm, ['two']);
    expect(asked.map(({ members }) => members)).to.deep.equal([['one', 'two'], ['far']]);
    expect(asked[0]?.request).to.include({ swarm: 'prod' });
    expect(asked[0]?.request.peers).to.deep.equal(['198.51.100.9', '10.0.0.9', '203.0.113.5', '192.168.1.5']);
    expect(asked[0]?.request.rules.map(({ protocol, port }) => `${protocol}/${port ?? ''}`)).to.deep.equal([
      'tcp/2377',
      'tcp/7946',
      'udp/7946',
      'udp/4789',
      'esp/',
    ]);
  });

  it('are closed in every account when the swarm has ended; what cannot be closed is a warning', async () => {
    const { swarm, asked, refuse, warnings } = swarmOf(['one', 'far', 'host'], { one, far, host });
    await closeMemberPorts(swarm);
    expect(asked.map(({ members, request }) => [members, request])).to.deep.equal([
      [['one'], { swarm: 'prod', peers: [], rules: [] }],
      [['far'], { swarm: 'prod', peers: [], rules: [] }],
    ]);
    refuse();
    await closeMemberPorts(swarm);
    expect(warnings.map((text) => plain(text))).to.deep.equal(
      Array(2).fill('What was opened for swarm "prod" could not be closed again: no'),
    );
  });

  it('leave out machines that are inspected and neither members nor joining', async () => {
    const { swarm, asked } = swarmOf(['one'], { one, two });
    await openMemberPorts(swarm, []);
    expect(asked.map(({ members }) => members)).to.deep.equal([['one']]);
  });

  it('are nobody’s business where no driver opens any', async () => {
    const { swarm, asked } = swarmOf(['host'], { host });
    await openMemberPorts(swarm, []);
    expect(asked).to.deep.equal([]);
  });
});

describe('the address that a member advertises', () => {
  it('is private among machines of one place, and public across places', async () => {
    const near = swarmOf(['one'], { one, two });
    expect((await nodeAddresses(near.swarm, near.machine('two'), {})).advertiseAddr).to.equal('10.0.0.2');
    const spread = swarmOf(['one'], { one, far });
    expect((await nodeAddresses(spread.swarm, spread.machine('far'), {})).advertiseAddr).to.equal('198.51.100.9');
  });

  it('is the one that was given', async () => {
    const { swarm, machine } = swarmOf(['one'], { one, far });
    expect((await nodeAddresses(swarm, machine('far'), { advertiseAddr: 'eth1' })).advertiseAddr).to.equal('eth1');
  });
});
