import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect } from 'chai';

import { succeed, tsmachine } from '../../helpers/cli.js';
import { StandIn } from '../../helpers/hyperv/index.js';

describe('hyperv: the command line', () => {
  let dir: string;
  let store: string;
  let standIn: StandIn;
  let create: string[];

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'hyperv-'));
    store = join(dir, 'store');
    standIn = await StandIn.open(dir);
    const image = join(dir, 'image.raw');
    writeFileSync(image, 'x');
    truncateSync(image, 2 ** 20);
    create = ['create', '-d', 'hyperv', '--hyperv-image', image];
  });
  after(() => { rmSync(dir, { recursive: true, force: true }); });

  it('without PowerShell says where Hyper-V is to be had', async () => {
    const { code, stderr } = await tsmachine([...create, 'm1'], { store, env: { PATH: dirname(process.execPath) } });
    expect(code).to.equal(3);
    expect(stderr).to.include('"Hyper-V is a part of Windows"\nHere, use: tsmachine create -d virtualbox m1');
  });

  it('ends with 3 for what is refused before, and leaves no machine', async () => {
    const { code, stderr } = await tsmachine([...create, '--hyperv-virtual-switch', 'x', 'm1'], { store, env: standIn.env });
    expect(code).to.equal(3);
    expect(stderr).to.include('vswitch \\"x\\" not found"\nChoose one of "Default Switch" (internal), "external" (external)');
    expect((await succeed(['ls', '-q'], { store, env: standIn.env })).stdout).to.equal('');
  });

  it('a full disk is told with what Hyper-V said; rm leaves nothing', async () => {
    standIn.fail({ script: 'new-disk', message: 'There is not enough space on the disk. (0x80070070).', times: 1 });
    const { code, stderr } = await tsmachine([...create, 'm1'], { store, env: standIn.env });
    expect(code).to.equal(1);
    expect(stderr).to.include('Hyper-V could not create the disk: There is not enough space on the disk. (0x80070070).\nMake room on the disk');
    await succeed(['rm', '-y', 'm1'], { store, env: standIn.env });
    expect(standIn.world().vms).to.deep.equal({});
  });

  it('Ctrl-C while the VM is set up ends it at once; the VM is known, and rm takes it away', async () => {
    standIn.fail({ script: 'hardware', message: '', instead: 'hang', times: 1 });
    const { code, stderr } = await tsmachine([...create, 'm1'], {
      store, env: standIn.env,
      onStart(pid) {
        const seen = setInterval(() => {
          if (!standIn.calls().some(({ script }) => script === 'hardware')) return;
          clearInterval(seen);
          process.kill(pid, 'SIGINT');
        }, 20);
      },
    });
    expect(code).not.to.equal(0);
    expect(stderr).to.include('tsmachine rm -y m1');
    expect(Object.keys(standIn.world().vms)).to.have.length(1);
    await succeed(['rm', '-y', 'm1'], { store, env: standIn.env });
    expect(standIn.world().vms).to.deep.equal({});
  });
});
