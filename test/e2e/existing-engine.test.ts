import { expect } from 'chai';

import { succeed, tsmachine } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab, type LabHost } from '../helpers/lab.js';

const ownSettings = '{\n  "debug": true,\n  "log-opts": {"max-size": "7m"}\n}\n';
const ownDropIn =
  '[Service]\nEnvironment=OWN_VARIABLE=1\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock --log-level=warn --label=flag=kept\n';

describe('a host with an engine of its own', () => {
  let lab: Lab;
  let host: LabHost;
  let store: string;
  let create: string[];

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    host = await lab.host('own', { suite: 'bookworm' });
    create = ['create', '-d', 'generic', '--generic-ip-address', host.ip, '--generic-ssh-key', host.keyPath];
    await host.run('mkdir -p /etc/docker /etc/systemd/system/docker.service.d');
    await host.run('cat > /etc/docker/daemon.json', { input: ownSettings });
    await host.run('cat > /etc/systemd/system/docker.service.d/own.conf', { input: ownDropIn });
    await host.run('systemctl daemon-reload && systemctl enable --now docker && docker version');
  });
  after(async () => {
    await lab.close();
  });

  const docker = async (command: string) => (await host.run(`docker ${command}`)).stdout.trim();

  it('rolls back a configuration that the engine does not start with', async () => {
    const { code, stderr } = await tsmachine([...create, '--engine-opt', 'storage-driver=nonsense', 'broken'], { store });
    expect(code).to.equal(1);
    expect(stderr)
      .to.match(/nonsense|storage/)
      .and.to.match(/previous configuration/i);
    expect((await host.run('cat /etc/docker/daemon.json')).stdout).to.equal(ownSettings);
    expect((await host.run('ls /etc/systemd/system/docker.service.d')).stdout.trim()).to.equal('own.conf');
    expect(await docker('version --format "{{.Server.Version}}"')).to.match(/^20\.10/);
    await succeed(['rm', '-y', 'broken'], { store });
  });

  it('keeps its version, image, container, data and settings', async () => {
    await host.run(
      'tar -C / -c bin/sh bin/sleep bin/cat $(ldd /bin/sh /bin/sleep /bin/cat | grep -o "/lib[^ ]*" | sort -u | sed "s,^/,,") -h | docker import - own/image:1',
      { timeout: 120_000 },
    );
    await docker('run -d --name own --restart=always -v owndata:/data own/image:1 /bin/sh -c "echo precious > /data/file; sleep 100000"');
    const version = await docker('version --format "{{.Server.Version}}"');
    const image = await docker('inspect --format "{{.Image}}" own');

    const { stdout, stderr } = await succeed([...create, 'own'], { store });
    const announced = `${stdout}${stderr}`.search(/restart.*1 running container|1 running container.*restart/i);
    expect(announced, `${stdout}${stderr}`).to.be.greaterThan(-1);

    expect(await docker('version --format "{{.Server.Version}}"')).to.equal(version);
    expect(await docker('inspect --format "{{.Image}} {{.HostConfig.RestartPolicy.Name}}" own')).to.equal(`${image} always`);
    expect(await docker('run --rm -v owndata:/data own/image:1 /bin/cat /data/file')).to.equal('precious');
    expect((await host.run('cat /etc/systemd/system/docker.service.d/own.conf')).stdout).to.equal(ownDropIn);
    const settings = JSON.parse((await host.run('cat /etc/docker/daemon.json')).stdout) as Record<string, unknown>;
    expect(settings).to.deep.include({ debug: true, 'log-opts': { 'max-size': '7m' }, tlsverify: true });
    expect(settings['labels']).to.include.members(['flag=kept', 'provider=generic']);
    const info = await docker('info --format "{{json .Labels}}"');
    expect(JSON.parse(info)).to.include.members(['flag=kept', 'provider=generic']);
    expect((await host.run('systemctl show -p Environment docker')).stdout).to.match(/OWN_VARIABLE=1/);
    expect((await host.run('tr "\\0" " " < /proc/$(pidof dockerd)/cmdline')).stdout).to.match(/--log-level=warn/);
  });

  it('is not restarted by a second provisioning that changes nothing', async () => {
    const started = () => host.run('systemctl show -p ActiveEnterTimestampMonotonic docker');
    const before = (await started()).stdout;
    const { stdout } = await succeed(['provision', 'own'], { store });
    expect(stdout).to.match(/\n"own" runs Docker \d\S+\. Nothing had to be changed\.\n$/);
    expect((await started()).stdout).to.equal(before);
  });

  it('answers its new client, and its old socket', async () => {
    const engine = await engineOf(store, 'own', (await succeed(['url', 'own'], { store })).stdout.trim());
    try {
      await loadLabImage(engine);
      expect(await docker(`image inspect --format ok ${labImage}`)).to.equal('ok');
    } finally {
      engine.close();
    }
  });
});
