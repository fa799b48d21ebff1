import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { openMachine } from '../../../src/machine/machine.js';
import { openSession } from '../../../src/session.js';
import { program } from '../../helpers/cli.js';
import { scratch } from '../../helpers/scratch.js';
import { buildDockerMachine } from '../../stand-ins/docker-machine/build.js';
import { builtOrSkipped } from '../go-rpc/program.js';
import { processesOf } from './processes-of.js';

describe('drivers served to Docker Machine', () => {
  let dockerMachine: string;
  let bin: string;
  const store = scratch();

  before(async function () {
    dockerMachine = await builtOrSkipped(this, buildDockerMachine);
    bin = scratch();
    for (const driver of ['tsmachine-none', 'tsmachine-nonsense']) symlinkSync(program, join(bin, `docker-machine-driver-${driver}`));
  });

  const line = (args: readonly string[], file = dockerMachine) => {
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, MACHINE_STORAGE_PATH: store };
    return spawnSync(file, args, { env, encoding: 'utf8', timeout: 60_000 });
  };

  it('create, list and remove a machine, which tsmachine reads too', async function () {
    this.timeout(60_000);
    const help = line(['create', '-d', 'tsmachine-none', '--help']);
    expect(help.stdout).to.match(/--url .*URL of/);
    const made = line(['create', '-d', 'tsmachine-none', '--url', 'tcp://192.0.2.1:2376', 'm1']);
    expect(made.status, made.stdout + made.stderr).to.equal(0);
    expect(line(['url', 'm1']).stdout).to.equal('tcp://192.0.2.1:2376\n');
    expect(line(['status', 'm1']).stdout).to.equal('Running\n');
    expect(line(['inspect', '-f', '{{.DriverName}} {{.Driver.URL}}', 'm1']).stdout).to.equal('none tcp://192.0.2.1:2376\n');
    const machine = await openMachine(openSession({ storePath: store }), 'm1');
    expect(await machine.look()).to.deep.include({ state: 'Running', dockerUrl: 'tcp://192.0.2.1:2376' });
    expect(JSON.parse(readFileSync(join(store, 'machines', 'm1', 'config.json'), 'utf8'))).to.have.property('ConfigVersion', 3);
    const removed = line(['rm', '-y', 'm1']);
    expect(removed.status, removed.stdout + removed.stderr).to.equal(0);
    expect(line(['ls', '-q']).stdout).to.equal('');
    expect(processesOf(process.execPath).filter((words) => words.includes(bin))).to.deep.equal([]);
  });

  it('that do not exist are refused in our words', () => {
    const refused = line(['create', '-d', 'tsmachine-nonsense', '--debug', 'm2']);
    expect(refused.status).to.not.equal(0);
    expect(refused.stdout + refused.stderr).to.include('Driver "nonsense" not found');
  });

  it('are no command for people', () => {
    const { status, stderr } = line([], join(bin, 'docker-machine-driver-tsmachine-none'));
    expect(status).to.equal(1);
    expect(stderr).to.match(/^Docker Machine starts this, not a person\n.*docker-machine create -d none /);
  });
});
