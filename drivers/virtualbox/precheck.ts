import { checkIso } from '../../src/guest/boot2docker/iso.js';
import { parseImageChoice } from '../../src/guest/image/choice.js';
import { checkSpace } from '../../src/guest/computer.js';
import { TsmachineError } from '../../src/base/errors.js';
import { run, say } from '../../src/base/text.js';
import type { DriverContext } from '../../src/driver/contract.js';
import type { Computer, VBoxManage, Version } from './api.js';
import type { VirtualboxConfig } from './config.js';
import { checkHostOnly } from './network/hostonly.js';
import { hasNetworks } from './network/hostonlynet.js';
import { readImported } from './disks/import.js';
import { checkShare } from './disks/share.js';
import { noVtxHint, noVtxMessage } from './vm/startup.js';
import { checkVersion, isAtLeast } from './program/version.js';

/**
 * Refuses what cannot work on this computer. Changes nothing.
 * @throws TsmachineError DRIVER_PRECHECK, DRIVER_UNSUPPORTED, COMMAND_MISSING, STORE_FULL
 */
export async function checkComputer(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<void> {
  const version = await vbox.version().catch((error: unknown) => {
    throw withAlternatives(error, ctx.machineName, computer.platform);
  });
  checkVersion(version);
  checkModule(version);
  checkArchitecture(config, version, computer);
  if (!config.noVtxCheck && (await computer.virtualization()) === false)
    throw new TsmachineError('DRIVER_PRECHECK', noVtxMessage, { hint: noVtxHint });
  checkSizes(config, computer);
  await checkSpace(ctx.machineDir, (path) => ctx.files.freeBytes(path));
  await checkFiles(config, ctx);
  await checkShare(config, ctx.files);
  if (config.importVm !== '') await readImported(config.importVm, ctx.files, vbox, computer);
  await checkName(config, vbox);
  if (!config.natOnly && !hasNetworks(version, computer.platform)) await checkHostOnly(config.hostOnlyCidr, vbox, computer);
}

/** VirtualBox is the default driver: without it the error names others. */
function withAlternatives(error: unknown, name: string, platform: string): unknown {
  if (!TsmachineError.is(error) || error.code !== 'COMMAND_MISSING') return error;
  const nspawn = platform === 'linux' ? say`make a light machine without it, ${run('create', '-d', 'nspawn', name)}, or ` : '';
  const existing = run('create', '-d', 'generic', '--generic-ip-address', 'HOST', name);
  return new TsmachineError(error.code, error.message, {
    cause: error,
    hint: say`${error.hint ?? ''}, ${nspawn}use a host that exists, ${existing}`,
  });
}

function checkModule({ text, withoutModule }: Version): void {
  if (!withoutModule) return;
  throw new TsmachineError('DRIVER_PRECHECK', `The kernel module of VirtualBox ${text} is not loaded: its VMs cannot start`, {
    hint:
      'sudo modprobe vboxdrv; where there is no such module: sudo /sbin/vboxconfig, ' +
      'or on Debian and Ubuntu apt-get install virtualbox-dkms linux-headers-generic',
  });
}

async function checkFiles({ image, isoUrl }: VirtualboxConfig, { files }: Pick<DriverContext, 'files'>): Promise<void> {
  const choice = image === '' ? undefined : parseImageChoice(image, 'virtualbox-image');
  if (choice?.kind === 'file' && !(await files.exists(choice.path))) {
    throw new TsmachineError('DRIVER_PRECHECK', `There is no image ${choice.path}`, { hint: 'Check --virtualbox-image' });
  }
  if (image === '') await checkIso(isoUrl, 'virtualbox-boot2docker-url');
}

function checkArchitecture(config: VirtualboxConfig, version: Version, { architecture }: Computer): void {
  if (architecture === 'x64') return;
  if (architecture !== 'arm64')
    throw new TsmachineError('DRIVER_UNSUPPORTED', `VirtualBox has no machines for processors of the kind ${architecture}`);
  if (!isAtLeast(version, [7, 1, 0])) {
    throw new TsmachineError(
      'DRIVER_PRECHECK',
      `VirtualBox ${version.text} does not support machines with ARM processors; 7.1 and later versions do`,
      {
        hint: 'Please upgrade at https://www.virtualbox.org',
      },
    );
  }
  if (config.image === '')
    throw new TsmachineError('DRIVER_UNSUPPORTED', 'boot2docker does not run on ARM processors', {
      hint: 'Leave --virtualbox-boot2docker-url out',
    });
}

function checkSizes({ cpus, memory }: VirtualboxConfig, computer: Computer): void {
  if (cpus > computer.cpus) {
    throw new TsmachineError('DRIVER_PRECHECK', `--virtualbox-cpu-count ${cpus}: this computer has ${computer.cpus}`, {
      hint: 'Ask for fewer, or -1 for all',
    });
  }
  if (memory < computer.memory) return;
  throw new TsmachineError('DRIVER_PRECHECK', `--virtualbox-memory ${memory}: this computer has ${computer.memory} MB`, {
    hint: 'Ask for less',
  });
}

async function checkName({ machineName }: VirtualboxConfig, vbox: VBoxManage): Promise<void> {
  const names = (await vbox.run(['list', 'vms'])).split(/\r?\n/).map((line) => /^"(.*)" \{[0-9a-f-]+\}$/.exec(line.trim())?.[1]);
  if (!names.includes(machineName)) return;
  throw new TsmachineError('DRIVER_PRECHECK', `VirtualBox has a VM "${machineName}" that is not tsmachine's`, {
    hint: `Choose another name for the machine. That VM is not touched; VBoxManage showvminfo ${machineName} shows it`,
  });
}
