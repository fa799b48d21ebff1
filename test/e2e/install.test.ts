import { expect } from 'chai';

import { succeed, tsmachine } from '../helpers/cli.js';
import { openLab, type Lab, type LabHost } from '../helpers/lab.js';

describe('a host without an engine', () => {
  let lab: Lab;
  let host: LabHost;
  let store: string;
  const flags = () => ['-d', 'generic', '--generic-ip-address', host.ip, '--generic-ssh-key', host.keyPath];

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    host = await lab.host('bare', { engine: 'machine', suite: 'bookworm' });
  });
  after(async () => {
    await lab.close();
  });

  it('is left alone with --engine-install none', async () => {
    const { code, stderr } = await tsmachine(['create', ...flags(), '--engine-install', 'none', 'kept'], { store });
    expect(code).to.equal(1);
    expect(stderr).to.match(/--engine-install/);
    await host.run('! command -v dockerd');
    await succeed(['rm', '-y', 'kept'], { store });
  });

  it('gets one although another program holds the package lock for 20 seconds', async () => {
    await host.run(String.raw`setsid -f perl -MFcntl -e '
      open(my $lock, ">", "/var/lib/dpkg/lock-frontend") or die;
      my $region = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
      fcntl($lock, F_SETLKW, $region) or die;
      open(my $held, ">", "/tmp/held"); close($held); sleep 20' </dev/null >/dev/null 2>&1
      until [ -e /tmp/held ]; do sleep 0.1; done`);
    const { seconds, stdout } = await succeed(['create', ...flags(), '--engine-install', 'distro', 'bare'], { store });
    expect(seconds).to.be.greaterThan(15);
    expect(stdout).to.match(/Installing Docker/);
    expect((await succeed(['version', 'bare'], { store })).stdout).to.match(/^20\.10/);
  });

  it('was started once, with its final configuration', async () => {
    const { stdout } = await host.run("journalctl -u docker --no-pager -q | grep -c 'API listen on /'");
    expect(stdout.trim()).to.equal('1');
  });

  it('refuses a version that is not to be had, and names those that are', async () => {
    const other = await lab.host('pinned', { engine: 'machine', suite: 'bookworm' });
    const { code, stderr } = await tsmachine(
      [
        'create',
        '-d',
        'generic',
        '--generic-ip-address',
        other.ip,
        '--generic-ssh-key',
        other.keyPath,
        '--engine-install',
        'distro',
        '--engine-version',
        '99.9',
        'pinned',
      ],
      { store },
    );
    expect(code).to.equal(1);
    expect(stderr)
      .to.match(/99\.9/)
      .and.to.match(/20\.10/);
    await other.remove();
  });
});
