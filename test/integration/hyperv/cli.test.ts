import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect } from 'chai';

import { succeed, tsmachine } from '../../helpers/cli.js';
import { StandIn } from '../../stand-ins/hyperv/index.js';

describe('hyperv: the command line', () => {
  let dir: string;
  let store: string;
  let standIn: StandIn;
  let create: string[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'hyperv-'));
    store = join(dir, 'store');
    standIn = await StandIn.open(dir);
    const world = standIn.world();
    standIn.write({ ...world, global: { ...world.global, imagined: '192.0.2.7' } });
    const image = join(dir, 'image.raw');
    writeFileSync(image, 'x');
    truncateSync(image, 2 ** 20);
    create = ['create', '-d', 'hyperv', '--hyperv-image', image];
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

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

  /** The machine is gone from Hyper-V and from the store. */
  const expectNothing = () => {
    expect(standIn.world().vms).to.deep.equal({});
    const machines = join(store, 'machines');
    expect(existsSync(machines) ? readdirSync(machines) : []).to.deep.equal([]);
  };
  const remove = async () => {
    await succeed(['rm', '-y', 'm1'], { store, env: standIn.env });
    expectNothing();
  };
  const rights = (all: { module: boolean; administrator: boolean }) => {
    const world = standIn.world();
    standIn.write({ ...world, global: { ...world.global, rights: JSON.stringify({ hyperVAdministrator: false, ...all }) } });
  };

  it('without Hyper-V says how to turn it on', async () => {
    rights({ module: false, administrator: false });
    const { code, stderr } = await tsmachine([...create, 'm1'], { store, env: standIn.env });
    expect(code).to.equal(3);
    expect(stderr).to.include('"Hyper-V PowerShell Module is not available"\nAs an administrator: Enable-WindowsOptionalFeature');
    expectNothing();
  });

  it('without the right to Hyper-V says how to get it', async () => {
    rights({ module: true, administrator: false });
    const { code, stderr } = await tsmachine([...create, 'm1'], { store, env: standIn.env });
    expect(code).to.equal(3);
    expect(stderr).to.include('"Hyper-v commands have to be run as an Administrator"\nStart the terminal as an administrator');
    expectNothing();
  });

  it('a foreign VM of the same name is named and stays as it is, also after rm', async () => {
    standIn.value('new-vm', { name: 'M1', path: dir, generation: 2, memory: 2 ** 30, switch: 'external', notes: 'mine' });
    const before = standIn.world().vms;
    const { code, stderr } = await tsmachine([...create, 'm1'], { store, env: standIn.env });
    expect(code).to.equal(3);
    expect(stderr).to.include(
      'Hyper-V has a VM \\"m1\\" that is not tsmachine\'s"\nChoose another name for the machine. That VM is not touched',
    );
    await tsmachine(['rm', '-f', '-y', 'm1'], { store, env: standIn.env });
    expect(standIn.world().vms).to.deep.equal(before);
    expect((await succeed(['ls', '-q'], { store, env: standIn.env })).stdout).to.equal('');
  });

  for (const [script, deed] of [
    ['convert-disk', 'convert the image'],
    ['new-disk', 'create the disk'],
    ['start', 'start the VM'],
  ] as const) {
    it(`a disk that is full during ${script} is told with what Hyper-V said; rm leaves nothing`, async () => {
      standIn.fail({ script, message: 'There is not enough space on the disk. (0x80070070).', times: 1 });
      const { code, stderr } = await tsmachine([...create, 'm1'], { store, env: standIn.env });
      expect(code).to.equal(1);
      expect(stderr).to.include(`Hyper-V could not ${deed}: There is not enough space on the disk. (0x80070070).\nMake room on the disk`);
      await remove();
    });
  }

  it('an image with another checksum is refused, and not kept', async () => {
    const server = createServer((_request, response) => {
      response.end('not the image');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const image = `http://127.0.0.1:${port}/disk.vhdx`;
    const { code, stderr } = await tsmachine(['create', '-d', 'hyperv', '--hyperv-image', `${image}#sha256:${'0'.repeat(64)}`, 'm1'], {
      store,
      env: standIn.env,
    });
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(code).to.equal(1);
    expect(stderr).to.include(`${image} has the wrong checksum: sha256 `);
    expect(standIn.calls().map(({ script }) => script)).not.to.include('convert-disk');
    const kept = readdirSync(join(store, 'cache'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(kept.map(({ name }) => name)).to.deep.equal([]);
    await remove();
  });

  it('a VM that was deleted in Hyper-V is no obstacle to rm', async () => {
    standIn.fail({ script: 'start', message: 'The hypervisor is not running.', times: 1 });
    const failed = await tsmachine([...create, 'm1'], { store, env: standIn.env });
    expect(failed.stderr).to.include('Hyper-V could not start the VM: The hypervisor is not running.\nTurn on virtualization in the BIOS');
    const [id = ''] = Object.keys(standIn.world().vms);
    standIn.forget(id);
    await remove();
  });

  for (const step of ['rights', 'host', 'vms']) {
    it(`Ctrl-C during ${step} ends it at once, before there is a machine`, async () => {
      await interrupted(step);
      expect((await succeed(['ls', '-q'], { store, env: standIn.env })).stdout).to.equal('');
      expectNothing();
    });
  }

  for (const step of ['convert-disk', 'disk-size', 'new-disk', 'new-vm', 'hardware', 'drives', 'start', 'addresses']) {
    it(`Ctrl-C during ${step} ends it at once; rm is named, and leaves nothing`, async () => {
      const stderr = await interrupted(step);
      expect(stderr).to.include('tsmachine rm -y m1');
      expect((await succeed(['ls', '-q'], { store, env: standIn.env })).stdout).to.equal('m1\n');
      expect(Object.keys(standIn.world().vms)).to.have.length(['hardware', 'drives', 'start', 'addresses'].includes(step) ? 1 : 0);
      await remove();
    });
  }

  it('Ctrl-C between New-VM and its notes leaves a VM that nobody wrote down; rm finds it', async () => {
    const stderr = await interrupted('new-vm', { cmdlet: 'Set-VM', until: () => Object.keys(standIn.world().vms).length === 1 });
    expect(stderr).to.include('tsmachine rm -y m1');
    await remove();
  });

  /** Presses Ctrl-C while a script hangs: before it does anything, or at a cmdlet of it. */
  async function interrupted(
    step: string,
    { cmdlet, until = () => true }: { cmdlet?: string; until?: () => boolean } = {},
  ): Promise<string> {
    standIn.fail({ script: step, message: '', instead: 'hang', times: 1, ...(cmdlet === undefined ? {} : { cmdlet }) });
    let pressed = 0;
    const { code, stderr } = await tsmachine([...create, 'm1'], {
      store,
      env: standIn.env,
      onStart(pid) {
        const seen = setInterval(() => {
          if (standIn.calls().at(-1)?.script !== step || !until()) return;
          clearInterval(seen);
          pressed = performance.now();
          process.kill(pid, 'SIGINT');
        }, 20);
      },
    });
    expect(code, stderr).to.equal(130);
    expect(performance.now() - pressed).to.be.below(10_000);
    expect(standIn.calls().at(-1)?.script).to.equal(step);
    return stderr;
  }
});
