import { rm } from 'node:fs/promises';

import { expect } from 'chai';

import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { CommandLine, isMade } from './line-world.js';

describe('amazonec2 on the command line: what is left over', () => {
  let cloud: Ec2StandIn;
  let ours: CommandLine;
  let theirs: CommandLine;
  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset({ pending: 0, stopping: 0, shuttingDown: 0 });
    [ours, theirs] = [await CommandLine.open(cloud), await CommandLine.open(cloud)];
  });
  afterEach(async () => {
    await Promise.all([ours.close(), theirs.close()]);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  const create = (line: CommandLine, region: string) =>
    line.until(isMade, [
      ...['create', '-d', 'amazonec2', '--amazonec2-endpoint', cloud.url, '--amazonec2-region', region],
      ...['--amazonec2-allowed-cidr', '192.0.2.0/24', 'm1'],
    ]);

  it('is found in a region where no store has a machine any more; what is of another computer stays', async () => {
    await create(theirs, 'eu-west-1');
    const foreign = await cloud.inventory();
    await create(ours, 'eu-west-1');
    await rm(ours.store, { recursive: true });

    const listed = await ours.run(['gc', '-d', 'amazonec2', '--dry-run']);
    expect(listed.code, listed.stderr).to.equal(0);
    expect(listed.stderr).to.contain('amazonec2: looked with the keys in AWS_ACCESS_KEY_ID');
    const rows = listed.stdout.split('\n').filter((line) => line.startsWith('amazonec2'));
    const kinds = (word: RegExp) => rows.filter((row) => word.test(row)).map((row) => /EC2 instance|security group/i.exec(row)?.[0]);
    expect(kinds(/ yes /), listed.stdout).to.have.length(2);
    expect(kinds(/ no /), listed.stdout).to.have.length(2);

    const removed = await ours.run(['gc', '-d', 'amazonec2', '-y']);
    expect(removed.code, removed.stderr + removed.stdout).to.equal(0);
    expect(await cloud.inventory()).to.deep.equal(foreign);
    expect((await ours.run(['gc', '-d', 'amazonec2', '-y'])).stdout).not.to.match(/ yes /);
    expect(await cloud.inventory()).to.deep.equal(foreign);
  });

  it('is nothing of a machine that a store has', async () => {
    await create(ours, 'eu-central-1');
    const before = await cloud.inventory();
    const removed = await ours.run(['gc', '-d', 'amazonec2', '-y']);
    expect(removed.stdout).to.contain('Nothing is left over.');
    expect(await cloud.inventory()).to.deep.equal(before);
  });
});
