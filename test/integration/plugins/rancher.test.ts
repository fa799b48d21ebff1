import { readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { DescribeImagesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect } from 'chai';

import { scratch } from '../../helpers/scratch.js';
import { ec2StandIn, firstKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { buildRancherDrivers } from '../../stand-ins/rancher-drivers/build.js';
import { CommandLine, isMade } from '../amazonec2/line-world.js';
import { builtOrSkipped } from '../go-rpc/program.js';
import { processesOf } from './processes-of.js';

const secret = 'very-secret-access-token';

describe("rancher-machine's own drivers, as plugins", () => {
  let cloud: Ec2StandIn;
  let line: CommandLine;
  let bin: string;

  before(async function () {
    this.timeout(600_000); // the first build compiles the SDKs
    const program = await builtOrSkipped(this, buildRancherDrivers);
    cloud = await ec2StandIn(this);
    bin = scratch();
    for (const name of ['digitalocean', 'rancherec2']) symlinkSync(program, join(bin, `docker-machine-driver-${name}`));
    line = await CommandLine.open(cloud, {
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      HTTPS_PROXY: 'http://127.0.0.1:9', // nothing reaches the real clouds
      NO_PROXY: '127.0.0.1',
    });
  });
  after(async () => {
    await line.close();
  });

  it('have their flags in the help of create', async () => {
    const { stdout } = await line.run(['create', '-d', 'digitalocean', '--help']);
    expect(stdout).to.include('--digitalocean-access-token').and.to.include('DIGITALOCEAN_ACCESS_TOKEN');
    expect(stdout.match(/--digitalocean-/g)).to.have.length.above(10);
  });

  it('say in their own words what is missing, and what cannot be reached, without the secret', async () => {
    const missing = await line.run(['create', '-d', 'digitalocean', 'do1']);
    expect(missing.code).to.equal(2);
    expect(missing.stderr).to.include('digitalocean driver requires the --digitalocean-access-token option');
    const refused = await line.run(['create', '-d', 'digitalocean', 'do1'], { env: { DIGITALOCEAN_ACCESS_TOKEN: secret } });
    expect(refused.code).to.equal(3);
    expect(refused.stderr).to.include('failed in PreCreateCheck').and.to.include('api.digitalocean.com').and.not.to.include(secret);
    expect((await line.run(['ls', '-q'])).stdout).to.equal('');
    const files = readdirSync(line.store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name), 'latin1'), name).not.to.include(secret);
    expect(processesOf(bin)).to.deep.equal([]);
  });

  it('make an instance that the stand-in for EC2 takes, and remove it', async () => {
    await cloud.reset();
    const ec2 = new EC2Client(cloud.client(firstKey, 'eu-central-1'));
    const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({}));
    const { Images: [image] = [] } = await ec2.send(
      new DescribeImagesCommand({
        Filters: [
          { Name: 'name', Values: ['ubuntu/images/*'] },
          { Name: 'architecture', Values: ['x86_64'] },
        ],
      }),
    );
    const { host } = new URL(cloud.url);
    const where = ['--amazonec2-region', 'eu-central-1', '--amazonec2-zone', 'eu-central-1a', '--amazonec2-vpc-id', vpc?.VpcId ?? ''];
    const flags = ['--amazonec2-ami', image?.ImageId ?? '', '--amazonec2-endpoint', host, '--amazonec2-insecure-transport', ...where];
    await line.until(isMade, ['create', '-d', 'rancherec2', ...flags, 'e1']);
    expect((await cloud.instances()).map(({ shown }) => shown.State.Name)).to.deep.equal(['running']);
    const removed = await line.run(['rm', '-y', 'e1']);
    expect(removed.code, removed.stderr).to.equal(0);
    const [instance] = await cloud.instances();
    expect(instance?.shown.State.Name).to.match(/^(shutting-down|terminated)$/); // it waits for no more
  });
});
