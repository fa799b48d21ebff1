import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { succeed, tsmachine } from '../helpers/cli.js';
import { openLab, type Lab, type LabHost } from '../helpers/lab.js';
import { armStandIn, type ArmStandIn } from '../stand-ins/arm/index.js';
import { BackedMachines as BackedAzure } from '../stand-ins/arm/backed.js';
import type { Backing } from '../stand-ins/backing/backing.js';
import { BackedInstances as BackedAmazon } from '../stand-ins/ec2/backed.js';
import { ec2StandIn, type Ec2StandIn } from '../stand-ins/ec2/index.js';
import { BackedInstances as BackedGoogle } from '../stand-ins/gce/backed.js';
import { gceStandIn, type GceStandIn } from '../stand-ins/gce/index.js';

const members = ['g1', 'prod-amazon1', 'prod-azure1', 'prod-google1'];

describe('one swarm on three clouds and a host of the user, each machine played by a host that real cloud-init boots', () => {
  let clouds: { readonly amazon: Ec2StandIn; readonly google: GceStandIn; readonly azure: ArmStandIn };
  let lab: Lab;
  let host: LabHost;
  let backed: Backing[];
  let store: string;
  let env: Record<string, string>;
  let file: string;
  const run = (...args: string[]) => succeed(args, { store, env });

  before(async function () {
    clouds = { amazon: await ec2StandIn(this), google: await gceStandIn(this), azure: await armStandIn(this) };
    await Promise.all(Object.values(clouds).map((cloud) => cloud.reset({ backed: true })));
    lab = await openLab();
    backed = [new BackedAmazon(clouds.amazon, lab), new BackedGoogle(clouds.google, lab), new BackedAzure(clouds.azure, lab)];
    host = await lab.host('g1');
    store = await lab.store('store');
    const folders = await Promise.all(Object.keys(clouds).map((name) => folder(name)));
    const [amazon = '', google = '', azure = ''] = folders;
    env = { ...clouds.amazon.env(amazon), ...clouds.google.env(google), ...clouds.azure.env(azure) };
    file = join(lab.dir, 'swarm.yaml');
    await writeFile(file, swarmFile(host));
  });

  after(async () => {
    await tsmachine(['rm', '-f', ...members], { store, env });
    for (const each of backed) await each.close();
    await lab.close();
  });

  async function folder(name: string): Promise<string> {
    const path = join(lab.dir, name);
    await mkdir(path);
    return path;
  }

  it('is refused until it is said that members may be in different networks', async () => {
    const refused = await tsmachine(['swarm', 'up', '-f', file], { store, env });
    expect(refused.code).to.equal(1);
    expect(refused.stderr)
      .to.match(/in 4 networks/)
      .and.to.match(/amazonec2 .*: prod-amazon1/)
      .and.to.match(/generic: g1/);
    expect(refused.stderr).to.contain('in clear').and.to.contain('--across-networks');
    expect((await tsmachine(['swarm', 'plan', '-f', file], { store, env })).code).to.equal(1);
    expect((await tsmachine(['swarm', 'plan', '-f', file, '--across-networks'], { store, env })).code).to.equal(2);
    expect(await inventories()).to.deep.equal([[], [], []]);
  });

  it('comes up, is whole, and leaves nothing', async () => {
    await run('swarm', 'up', '-f', file, '--across-networks');
    const nodes = JSON.parse((await run('swarm', 'nodes', '--json')).stdout) as { machine: string; status: string }[];
    expect(nodes.map(({ machine, status }) => `${machine} ${status}`).sort()).to.deep.equal(members.map((name) => `${name} ready`));
    expect((await run('swarm', 'plan', '-f', file)).stdout).to.match(/nothing/i); // it was agreed to

    const checked = await tsmachine(['swarm', 'check', ...members], { store, env });
    expect(checked.code, checked.stdout + checked.stderr).to.equal(0);

    await run('swarm', 'down', '-y', 'prod');
    expect(await inventories()).to.deep.equal([[], [], []]);
    for (const cloud of Object.values(clouds)) expect(await cloud.violations()).to.deep.equal([]);
  });

  async function inventories(): Promise<(readonly string[])[]> {
    return Promise.all(Object.values(clouds).map((cloud) => cloud.inventory()));
  }
});

function swarmFile({ ip, keyPath }: LabHost): string {
  const worker = (name: string, driver: string) =>
    `  ${name}: { role: worker, count: 1, driver: ${driver}, flags: { ${driver}-allowed-cidr: [10.0.0.0/8] } }`;
  return [
    'name: prod',
    'groups:',
    `  rack: { role: manager, names: [g1], driver: generic, flags: { generic-ip-address: ${ip}, generic-ssh-key: ${keyPath} } }`,
    worker('amazon', 'amazonec2'),
    worker('azure', 'azure'),
    worker('google', 'google'),
    '',
  ].join('\n');
}
