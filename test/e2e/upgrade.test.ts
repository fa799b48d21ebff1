import { expect } from 'chai';

import { succeed, tsmachine } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { forgetSources, offerNewerEngine } from '../helpers/newer-engine.js';

describe('upgrading an engine by its packages', () => {
  const name = 'grower';
  let lab: Lab;
  let store: string;
  let there: string;
  let eighth: string;
  let ninth: string;

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    await succeed(['create', '-d', 'nspawn', '--engine-label', 'tier=lab', '--engine-opt', 'log-level=warn', name], { store });
    const engine = await engineOf(store, name, (await succeed(['url', name], { store })).stdout.trim());
    try {
      await loadLabImage(engine);
    } finally {
      engine.close();
    }
    await host(
      `docker run -d --name stays --stop-timeout 1 --restart always -e KEPT=yes ${labImage} sleep 100000 && docker create --name waits ${labImage} echo hello`,
    );
    await host(forgetSources);
  });
  after(async () => {
    await tsmachine(['rm', '-f', name], { store });
    await lab.close();
  });

  const host = async (command: string) => (await succeed(['ssh', name, command], { store })).stdout;
  const upgrade = (...words: string[]) => tsmachine(['upgrade', ...words, name], { store });
  const installed = () => host("dpkg-query -W -f '${Version} ${Status}' docker.io");
  const engineVersion = async () => (await succeed(['version', name], { store })).stdout.trim();
  /** What must outlive an upgrade, the process apart. */
  const kept = async () => ({
    settings: await host('cat /etc/docker/daemon.json /etc/systemd/system/docker.service.d/*.conf'),
    containers: await host(
      "docker inspect -f '{{.Id}} {{.Name}} {{.Config.Env}} {{.HostConfig.RestartPolicy.Name}} {{.State.Status}}' stays waits",
    ),
    served: await host('sha256sum /etc/docker/server.pem'),
  });
  const process = () => host('cat /run/docker.pid');

  it('says so where nothing is newer, and touches nothing', async () => {
    const before = [await kept(), await process()];
    const { code, stdout } = await upgrade();
    expect(code).to.equal(0);
    expect(stdout).to.match(/^grower already runs the newest engine that its packages offer: \d+\./m);
    expect(stdout).not.to.contain('Restarting');
    expect([await kept(), await process()]).to.deep.equal(before);
  });

  it('takes the version that is asked for, says what changed, and keeps settings, certificates and containers', async () => {
    [there = '', eighth = '', ninth = ''] = (await host(offerNewerEngine)).split(' ');
    const [before, pid] = [await kept(), await process()];
    const { code, stdout, stderr } = await upgrade('--engine-version', eighth.replace('+lab1', ''));
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(/The engine restarts if it is upgraded, which stops 1 /);
    expect(stdout).to.match(new RegExp(`docker\\.io ${there.replaceAll('.', '\\.')}\\S* -> ${eighth.replace('+', '\\+')}`));
    expect(stdout).to.contain(`"grower" runs Docker ${eighth.replace('+lab1', '')}`);
    expect(stderr).not.to.contain('is already installed and stays');
    expect(await installed()).to.equal(`${eighth} hold ok installed`);
    expect(await engineVersion()).to.contain(eighth.replace('+lab1', ''));
    expect(await process()).not.to.equal(pid);
    expect(await kept()).to.deep.equal(before);
  });

  it('goes on to the newest, also from one that was held, and starts the machine for it', async () => {
    const before = await kept();
    await succeed(['stop', name], { store });
    const { code, stdout, stderr } = await upgrade();
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('Starting machine so machine can be upgraded...');
    expect(await installed()).to.equal(`${ninth} install ok installed`);
    expect(await engineVersion()).to.contain(ninth.replace('+lab1', ''));
    expect(await kept()).to.deep.equal(before);
    expect((await succeed(['ls', '--format', '{{.DockerVersion}}'], { store })).stdout.trim()).to.contain(ninth.replace('+lab1', ''));
  });

  it('refuses what is older, and lists what there is where there is no such version', async () => {
    const older = await upgrade('--engine-version', eighth.replace('+lab1', ''));
    expect(older.code).to.equal(1);
    expect(older.stderr).to.contain(`version ${eighth} is older than the installed ${ninth}`);
    const none = await upgrade('--engine-version', '99');
    expect(none.code).to.equal(1);
    expect(none.stderr).to.contain(ninth);
    expect(await engineVersion()).to.contain(ninth.replace('+lab1', ''));
  });
});
