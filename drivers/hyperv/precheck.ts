import { checkIso } from '../../src/guest/boot2docker/iso.js';
import { checkSpace } from '../../src/guest/computer.js';
import { TsmachineError } from '../../src/base/errors.js';
import type { DriverContext } from '../../src/driver/contract.js';
import type { Computer, HostFacts, HyperV, Tools } from './api.js';
import type { HypervConfig } from './config.js';
import { checkRights } from './powershell/rights.js';
import { chooseSwitch } from './vm/switch.js';
import { ownVm, sameName } from './vm/vm.js';

const megabyte = 2 ** 20;

/**
 * Refuses what cannot work on this computer. Changes nothing.
 * @throws TsmachineError DRIVER_PRECHECK, DRIVER_UNSUPPORTED, COMMAND_MISSING, STORE_FULL
 */
export async function checkComputer(config: HypervConfig, ctx: DriverContext, { hyperv, computer }: Tools): Promise<void> {
  await checkRights(hyperv);
  const host = await hyperv.host();
  chooseSwitch(config.virtualSwitch, host.switches);
  checkSizes(config, host);
  if (config.image === '' && computer.architecture !== 'x64') {
    throw new TsmachineError('DRIVER_UNSUPPORTED', 'boot2docker does not run on ARM processors', {
      hint: 'Leave out --hyperv-boot2docker-url',
    });
  }
  if (config.image === '') await checkIso(config.isoUrl, 'hyperv-boot2docker-url');
  await checkSpace(ctx.machineDir, (path) => ctx.files.freeBytes(path));
  await checkName(config, ctx, hyperv, computer);
}

function checkSizes({ cpus, memory }: HypervConfig, host: HostFacts): void {
  if (cpus > host.cpus) {
    throw new TsmachineError('DRIVER_PRECHECK', `--hyperv-cpu-count ${cpus}: this computer has ${host.cpus}`, {
      hint: 'Ask for fewer',
    });
  }
  const most = Math.floor(host.memory / megabyte);
  if (memory < most) return;
  throw new TsmachineError('DRIVER_PRECHECK', `--hyperv-memory ${memory}: this computer has ${most} MB`, { hint: 'Ask for less' });
}

async function checkName(config: HypervConfig, ctx: DriverContext, hyperv: HyperV, { platform }: Computer): Promise<void> {
  const vms = await hyperv.vms();
  const own = ownVm(config, ctx.machineDir, vms, platform);
  if (!vms.some((vm) => vm !== own && sameName(vm.name, config.machineName))) return;
  throw new TsmachineError('DRIVER_PRECHECK', `Hyper-V has a VM "${config.machineName}" that is not tsmachine's`, {
    hint: `Choose another name for the machine. That VM is not touched; Get-VM ${config.machineName} shows it`,
  });
}
