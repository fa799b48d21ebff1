import { join } from 'node:path';

import type { DriverContext } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import { readConfig } from '../config.js';
import { ensureBase } from '../disks/disks.js';
import { makeDrives } from '../disks/guest.js';
import { readImported } from '../disks/import.js';
import { shareOf } from '../disks/share.js';
import { buildCommands } from './build.js';
import { vmKind } from './identity.js';
import { unregister } from './unregister.js';
import { findVm } from './vm.js';

/**
 * The machine's VM with its disks and adapters. Its UUID is the ledger's token, so it is known before there is a VM; half a VM that an
 * interrupted run left is replaced.
 */
export async function ensureVm(ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<void> {
  await ctx.resource(
    'vm',
    { kind: vmKind, scope: 'machine', request: { name: ctx.machineName } },
    {
      find: ({ id, token }) => builtVm(id ?? token, ctx, vbox),
      make: async ({ name }, token) => {
        const { vmId } = readConfig(ctx.data());
        // a machine of an older version, which kept no ledger
        const known = vmId === '' ? undefined : await builtVm(vmId, ctx, vbox);
        if (known !== undefined) return known;
        await makeVm(name, token, ctx, vbox, computer);
        return token;
      },
    },
  );
}

async function builtVm(id: string, ctx: DriverContext, vbox: VBoxManage): Promise<string | undefined> {
  const config = readConfig(ctx.data());
  if (!config.built || config.vmId !== id) return undefined;
  return (await findVm(config, ctx.machineDir, vbox)) && id;
}

async function makeVm(name: string, id: string, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<void> {
  const before = readConfig(ctx.data());
  if (before.vmId !== '' && before.vmId !== id) await unregister(before, ctx, vbox);
  if (before.vmId !== id || before.built) await ctx.keep({ VMId: id, Built: false });
  if (before.image !== '') {
    const base = await ensureBase(before, ctx, vbox, computer);
    if (base !== before.baseDisk) await ctx.keep({ BaseDisk: base });
  }
  if (before.importVm !== '') await ctx.keep((await readImported(before.importVm, ctx.files, vbox, computer)).fields);
  const config = readConfig(ctx.data());
  await unregister(config, ctx, vbox);
  await ctx.files.remove(join(ctx.machineDir, name)); // the settings of half a VM
  ctx.io.info('Creating VirtualBox VM...');
  const commands = buildCommands({
    config: { ...config, machineName: name },
    owner: await ctx.owner(),
    machineDir: ctx.machineDir,
    drives: await makeDrives(config, ctx, vbox, computer),
    cpus: config.cpus < 1 ? Math.min(computer.cpus, 32) : config.cpus,
    arm: computer.architecture === 'arm64',
    share: await shareOf(config, computer.platform, ctx.files),
  });
  for (const args of commands) await vbox.run(args);
  await ctx.keep({ Built: true });
}
