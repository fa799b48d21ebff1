import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect } from 'chai';

import { skip } from '../../helpers/skip.js';
import type { Fault } from '../../stand-ins/virtualbox/service.js';
import { Guests } from './guests.js';
import { Playground } from './playground.js';

const next = 'Run the same command again to continue, or remove what was made: tsmachine rm -y m1\n';
const complaint = (text: string, status = 1): Fault => ({
  stderr: `VBoxManage: error: ${text}\nVBoxManage: error: Details: code NS_ERROR_FAILURE (0x80004005), component MachineWrap, interface IMachine\n`,
  status,
});

/** The last lines, where the error stands. */
const errorOf = (stderr: string, first: RegExp) => stderr.slice(Math.max(0, stderr.search(first)));

describe('virtualbox: what goes wrong, by the command line', () => {
  let here: Playground;

  beforeEach(async () => {
    here = await Playground.open();
    here.vbox.guests = new Guests();
  });
  afterEach(() => here.close());

  const failing = (pattern: RegExp, fault: Fault, times = Infinity) => {
    let left = times;
    here.vbox.fault = (call) => (pattern.test(call) && left-- > 0 ? fault : undefined);
  };
  const heal = () => {
    here.vbox.fault = () => undefined;
  };

  describe('before anything is made: exit status 3, nothing to remove', () => {
    const refused = async (
      message: string,
      hint: string,
      options: { env?: NodeJS.ProcessEnv; inside?: string[]; checkVtx?: boolean } = {},
    ) => {
      const world = structuredClone(here.vbox.world);
      const { code, stderr } = await here.create(['m1'], options);
      expect(stderr).to.equal(`Error with pre-create check: ${JSON.stringify(message)}\n${hint === '' ? '' : `${hint}\n`}`);
      expect(code).to.equal(3);
      expect(here.vbox.world).to.deep.equal(world);
      expect(here.machines()).to.deep.equal([]);
      expect(here.vbox.open).to.equal(0);
    };

    it('VBoxManage is missing', () =>
      refused(
        'VBoxManage not found. Make sure VirtualBox is installed and VBoxManage is in the path',
        'Install VirtualBox from https://www.virtualbox.org, make a light machine without it, tsmachine create -d nspawn m1, or use a host that exists, ' +
          'tsmachine create -d generic --generic-ip-address HOST m1',
        { env: { ...here.env, PATH: dirname(process.execPath) } },
      ));

    it('it is too old', async () => {
      here.vbox.world.version = '4.3.40r110317';
      await refused(
        'We support Virtualbox starting with version 5. Your VirtualBox install is "4.3.40r110317". Please upgrade at https://www.virtualbox.org',
        '',
      );
    });

    it('the processor has no VT-x, or it is off', async function () {
      const cpuinfo = join(here.dir, 'cpuinfo');
      writeFileSync(cpuinfo, 'processor\t: 0\nflags\t\t: fpu vme de pse tsc msr\n');
      const inside = ['unshare', '-m', 'sh', '-c', 'mount --bind "$1" /proc/cpuinfo && shift && exec "$@"', 'sh', cpuinfo];
      if (process.arch !== 'x64') skip(this, 'only processors of Intel and AMD have VT-x and AMD-V');
      if (spawnSync(inside[0] ?? '', [...inside.slice(1), 'true']).status !== 0) skip(this, 'another /proc/cpuinfo needs root and unshare');
      await refused(
        "This computer doesn't have VT-X/AMD-v enabled. Enabling it in the BIOS is mandatory",
        'In a virtual machine: enable nested virtualization outside. To skip this check, use --virtualbox-no-vtx-check',
        { inside, checkVtx: true },
      );
    });

    it('its kernel module is not loaded', async () => {
      here.vbox.world.version = 'WARNING: The character device /dev/vboxdrv does not exist.\n7.2.22_Debianr175245';
      await refused(
        'The kernel module of VirtualBox 7.2.22_Debianr175245 is not loaded: its VMs cannot start',
        'sudo modprobe vboxdrv; where there is no such module: sudo /sbin/vboxconfig, or on Debian and Ubuntu apt-get install virtualbox-dkms linux-headers-generic',
      );
    });

    it("the name is a foreign VM's, which is not touched", async () => {
      here.vbox.world.vms['foreign'] = {
        uuid: '11111111-2222-4333-8444-555555555555',
        name: 'm1',
        folder: '/elsewhere/m1',
        arm: false,
        settings: { nic1: 'nat' },
        controllers: {},
        attached: {},
        forwards: [],
        shares: {},
        extra: {},
        properties: {},
        state: 'running',
        pid: process.pid,
      };
      await refused(
        'VirtualBox has a VM "m1" that is not tsmachine\'s',
        'Choose another name for the machine. That VM is not touched; VBoxManage showvminfo m1 shows it',
      );
      expect(here.vbox.calls).to.deep.equal(['--version', 'list vms']);
    });
  });

  describe('while it is made: rm leaves nothing', () => {
    const fails = async (error: string) => {
      const { code, stderr } = await here.create(['m1']);
      const id = Object.keys(here.vbox.world.vms)[0] ?? '?';
      expect(
        errorOf(stderr, /^Error creating/m)
          .replaceAll(here.store, 'STORE')
          .replaceAll(here.image, 'IMAGE')
          .replace(/[0-9a-f]{16}-image/g, 'BASE-image')
          .replaceAll(id, 'ID'),
      ).to.equal(`Error creating machine: ${error}${next}`);
      expect(code).to.equal(1);
    };

    it('"The object is not ready" five times in a row; four times is not worth a word', async () => {
      failing(/^storagectl/, complaint('The object is not ready'));
      await fails('VBoxManage storagectl ID --name SATA --add sata --portcount 2 --hostiocache on failed:\nThe object is not ready\n');
      expect(here.vbox.calls.filter((call) => call.startsWith('storagectl'))).to.have.length(5);
      failing(/^storagectl/, complaint('The object is not ready'), 4);
      const { code, stderr } = await here.create(['m1']);
      expect(code, stderr).to.equal(0);
      expect(stderr).not.to.contain('ready');
      await here.removed();
    });

    it('VBoxManage ends with 0 and an error', async () => {
      failing(/^storagectl/, complaint('Something is wrong', 0));
      await fails('VBoxManage storagectl ID --name SATA --add sata --portcount 2 --hostiocache on failed:\nSomething is wrong\n');
      heal();
      await here.removed();
    });

    const full = 'Make room on the disk, or put the store on another one with --storage-path\n';
    const base = 'STORE/cache/virtualbox/BASE-image.raw.vdi';

    it('the disk is full while the image is converted: nothing of it stays in the cache', async () => {
      here.vbox.fault = (call) => {
        const [, part] = /^convertfromraw \S+ (\S+)/.exec(call) ?? [];
        if (part === undefined) return undefined;
        writeFileSync(part, 'half a disk');
        return complaint(`Cannot create the disk image "${part}": VERR_DISK_FULL`);
      };
      await fails(
        `VBoxManage convertfromraw IMAGE ${base}.part.vdi --format VDI failed:\nCannot create the disk image "${base}.part.vdi": VERR_DISK_FULL\n${full}`,
      );
      expect(here.cached()).to.deep.equal([]);
      heal();
      await here.removed();
    });

    it('the disk is full when the machine gets its own', async () => {
      failing(/^createmedium/, complaint("Could not create the medium storage unit 'disk.vdi'. VDI: cannot create image (VERR_DISK_FULL)"));
      await fails(
        `VBoxManage createmedium disk --filename STORE/machines/m1/disk.vdi --diffparent ${base} failed:\n` +
          `Could not create the medium storage unit 'disk.vdi'. VDI: cannot create image (VERR_DISK_FULL)\n${full}`,
      );
      heal();
      await here.removed();
    });

    it('VT-x is off, as VirtualBox finds out at the start', async () => {
      failing(/^startvm/, complaint('VT-x is disabled in the BIOS for all CPU modes (VERR_VMX_MSR_ALL_VMX_DISABLED)'));
      await fails(
        "This computer doesn't have VT-X/AMD-v enabled. Enabling it in the BIOS is mandatory\n" +
          'In a virtual machine: enable nested virtualization outside. To skip this check, use --virtualbox-no-vtx-check\n' +
          'Its log: STORE/machines/m1/m1/Logs/VBox.log\n',
      );
      heal();
      await here.removed();
    });
  });
});
