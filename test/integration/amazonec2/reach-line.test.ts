import { expect } from 'chai';

import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { open } from './ec2-world.js';
import { addressService, CommandLine, isMade } from './line-world.js';

describe('amazonec2 on the command line: who reaches a machine', () => {
  let cloud: Ec2StandIn;
  let line: CommandLine;
  let service: Awaited<ReturnType<typeof addressService>>;
  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset({ pending: 0, stopping: 0, shuttingDown: 0 });
    line = await CommandLine.open(cloud);
    service = await addressService();
  });
  afterEach(async () => {
    await line.close();
    await service.close();
    expect(await cloud.violations()).to.deep.equal([]);
  });

  const create = (...flags: string[]) => ['create', '-d', 'amazonec2', '--amazonec2-endpoint', cloud.url, ...flags, 'm1'];
  const withLookup = () => create('--amazonec2-address-lookup', service.url);

  /** Who reaches a port, by the one group that is not a network's own. */
  async function reaching(port: number): Promise<string[]> {
    const { SecurityGroups: groups = [] } = await open(cloud).call('DescribeSecurityGroups', {});
    const ours = groups.filter(({ GroupName: name }) => name !== 'default');
    expect(ours).to.have.length(1);
    const rules = ours.flatMap(({ IpPermissions: all = [] }) => all).filter(({ FromPort: from }) => from === port);
    return rules
      .flatMap(({ IpRanges: four = [], Ipv6Ranges: six = [] }) => [
        ...four.map(({ CidrIp }) => CidrIp),
        ...six.map(({ CidrIpv6 }) => CidrIpv6),
      ])
      .map((network) => network ?? '')
      .sort();
  }

  it('is everybody as it was, with a warning, when create was called as docker-machine', async () => {
    const said = await line.until(isMade, create(), await line.dockerMachine());
    expect(said).to.match(/everybody/);
    for (const port of [22, 2376]) expect(await reaching(port)).to.deep.equal(['0.0.0.0/0', '::/0']);
    const removed = await line.run(['rm', '-y', 'm1']);
    expect(removed.code, removed.stderr).to.equal(0);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('is this computer alone when it was called by its own name', async () => {
    expect(await line.until(isMade, withLookup())).not.to.match(/everybody/);
    for (const port of [22, 2376]) expect(await reaching(port)).to.deep.equal(['203.0.113.5/32']);
  });

  it('is another address too after allow, which doctor asks for when the address of this computer changes', async () => {
    await line.until(isMade, withLookup());
    await line.finished('m1');
    const [made] = await cloud.instances();
    await cloud.setInstance(made?.shown.InstanceId ?? '', { publicAddress: '127.0.0.1' });
    expect((await line.run(['doctor', 'm1'])).stdout).to.contain('Its firewall lets this computer in (203.0.113.5)');

    service.address = '198.51.100.9';
    const kept = await line.run(['doctor', 'm1']);
    expect(kept.stdout)
      .to.contain('Its firewall lets in 203.0.113.5/32, but this computer is 198.51.100.9')
      .and.contain('tsmachine allow m1');
    const allowed = await line.run(['allow', 'm1']);
    expect(allowed.code, allowed.stderr).to.equal(0);
    expect(allowed.stdout).to.contain('198.51.100.9/32 may now reach SSH and the engine of m1');
    for (const port of [22, 2376]) expect(await reaching(port)).to.deep.equal(['198.51.100.9/32', '203.0.113.5/32']);
    expect((await line.run(['doctor', 'm1'])).stdout).to.contain('Its firewall lets this computer in (198.51.100.9)');

    expect((await line.run(['allow', 'm1'])).stdout).to.contain('can be reached from there already');
    const network = await line.run(['allow', '--cidr', '192.0.2.0/24', 'm1']);
    expect(network.stdout, network.stderr).to.contain('192.0.2.0/24 may now reach');
    expect(await reaching(22)).to.deep.equal(['192.0.2.0/24', '198.51.100.9/32', '203.0.113.5/32']);
  });

  it('is refused before anything is made when the user data does not fit, and no trace of it stays', async () => {
    const refused = await line.run([...withLookup(), '--amazonec2-userdata', '/nonexistent/data']);
    expect(refused.code).to.equal(3);
    expect(refused.stderr).to.contain('(--amazonec2-userdata)');
    expect(await cloud.inventory()).to.deep.equal([]);
    expect((await line.run(['ls', '-q'])).stdout).to.equal('');
  });
});
