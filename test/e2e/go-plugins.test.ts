import { expect } from 'chai';
import { symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { succeed } from '../helpers/cli.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { skip } from '../helpers/skip.js';
import { LabCloud } from '../integration/plugins/lab-cloud.js';
import { processesOf } from '../integration/plugins/processes-of.js';
import { builtOrSkipped } from '../integration/go-rpc/program.js';
import { buildLabPlugin } from '../stand-ins/go-machine/build.js';
import { cloudOf } from './lab-cloud-of.js';

describe('machines of a plugin of Docker Machine', function () {
  this.timeout(600_000);
  let lab: Lab;
  let cloud: LabCloud;
  let store: string;
  let bin: string;

  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) skip(this, 'nspawn machines need root on Linux');
    const plugin = await builtOrSkipped(this, buildLabPlugin);
    lab = await openLab();
    store = await lab.store('main');
    bin = lab.dir;
    symlinkSync(plugin, join(bin, 'docker-machine-driver-lab'));
    cloud = await LabCloud.open(cloudOf(lab));
  });
  after(async () => {
    (cloud as LabCloud | undefined)?.close();
    await (lab as Lab | undefined)?.close();
  });

  const line = (...args: string[]) => {
    const env = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, LAB_URL: cloud.url, LAB_TOKEN: 'very-secret-token' };
    return succeed(args, { store, env });
  };

  it('are made, provisioned, listed, stopped, started and removed', async () => {
    const made = await line('create', '-d', 'lab', '--lab-size', '3', 'p1');
    expect(made.stdout + made.stderr)
      .to.include('Docker is up and running!')
      .and.not.include('very-secret');
    expect((await line('ls')).stdout).to.match(/^p1 +- +lab +Running +tcp:\/\/[\d.]+:2376 +v\d+/m);
    expect((await line('inspect', '-f', '{{.Driver.Size}} {{.Driver.ID}}', 'p1')).stdout).to.match(/^3 9/);
    expect((await line('ssh', 'p1', 'docker version -f {{.Server.Os}}')).stdout.trim()).to.equal('linux');
    await line('stop', 'p1');
    expect((await line('status', 'p1')).stdout.trim()).to.equal('Stopped');
    await line('start', 'p1');
    expect((await line('version', 'p1')).stdout).to.match(/\d+\.\d+/);
    await line('rm', '-y', 'p1');
    expect((await line('ls', '-q')).stdout).to.equal('');
    expect(cloud.asked).to.include.members(['create p1', 'stop p1', 'start p1', 'remove p1']);
    expect(processesOf(bin)).to.deep.equal([]);
  });

  it('are made by a swarm file', async () => {
    const file = join(lab.dir, 'swarm.yaml');
    writeFileSync(file, 'name: s\ngroups:\n  all:\n    role: manager\n    count: 1\n    driver: lab\n    flags: { lab-size: 4 }\n');
    const up = await line('swarm', 'up', '-f', file);
    expect(up.code).to.equal(0);
    expect((await line('swarm', 'nodes', 's')).stdout).to.match(/manager|leader/i);
    const [name = ''] = (await line('ls', '-q')).stdout.split('\n');
    expect((await line('inspect', '-f', '{{.Driver.Size}}', name)).stdout.trim()).to.equal('4');
    await line('swarm', 'down', '-y', 's');
  });
});
