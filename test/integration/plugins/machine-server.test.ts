import { expect } from 'chai';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { allDriverNames, loadDriverModule } from '../../../src/machine/access/driver-registry.js';
import { openSession } from '../../../src/session.js';
import { program } from '../../helpers/cli.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';
import { buildDockerMachine } from '../../stand-ins/docker-machine/build.js';
import { builtOrSkipped } from '../go-rpc/program.js';

describe('drivers within Docker Machine', () => {
  let bin: string;
  let env: NodeJS.ProcessEnv;

  before(async function () {
    const built = await builtOrSkipped(this, buildDockerMachine);
    bin = scratch();
    symlinkSync(built, join(bin, 'docker-machine'));
    env = { ...process.env, PATH: bin, TSMACHINE_STATE_DIR: scratch() };
  });

  it('are started from its program, where tsmachine has none of that name', async () => {
    const { flags, features } = await loadDriverModule('digitalocean', { env });
    expect(flags.find(({ name }) => name === 'digitalocean-access-token')).to.include({ secret: true, env: 'DIGITALOCEAN_ACCESS_TOKEN' });
    expect(features.provision).to.equal(true);
    expect(await allDriverNames({ env })).to.include.members(['digitalocean', 'openstack']);
    expect((await loadDriverModule('generic', { env })).summary).to.equal('Any Linux host that answers SSH');
    const session = openSession({ storePath: scratch(), env });
    const { driver } = await session.drivers.open('digitalocean');
    const input = { machineName: 'm1', storePath: session.store.root, machineDir: join(session.store.root, 'machines', 'm1') };
    const given = Object.fromEntries(flags.map(({ name, default: value }) => [name, value]));
    expect((await failureOf(driver.parse({ ...input, flags: given }))).message).to.include(
      'requires the --digitalocean-access-token option',
    );
    const data = await driver.parse({ ...input, flags: { ...given, 'digitalocean-access-token': 'abcdefgh' } });
    expect(data).to.include({ AccessToken: 'abcdefgh', Size: 's-1vcpu-1gb', MachineName: 'm1', StorePath: session.store.root });
    await session.drivers.close();
  });

  it('that it does not have are refused in its own words', async () => {
    const failure = await failureOf(loadDriverModule('openstack', { env }));
    expect(failure.message).to.match(
      /^The plugin "openstack" \(.*docker-machine\) ended before .* \(exit status 1\)\. The last it said:\nUnsupported driver: openstack$/,
    );
  });

  it('are not asked of a docker-machine that is tsmachine, by whatever link', async () => {
    const link = scratch();
    symlinkSync(program, join(link, 'docker-machine'));
    symlinkSync(program, join(link, 'docker-machine-driver-hetzner'));
    for (const name of ['digitalocean', 'hetzner']) {
      const failure = await failureOf(loadDriverModule(name, { env: { ...env, PATH: link } }));
      expect(failure.message).to.equal(`Driver "${name}" not found`);
    }
    expect(await allDriverNames({ env: { ...env, PATH: link } })).to.not.include.members(['digitalocean', 'hetzner']);
  });
});
