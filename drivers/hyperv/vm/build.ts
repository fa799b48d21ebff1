import { join } from 'node:path';

import { bringIso } from '../../../src/guest/boot2docker/iso.js';
import type { DriverContext, LedgerEntry } from '../../../src/driver/contract.js';
import type { HyperV, Tools } from '../api.js';
import { readConfig } from '../config.js';
import { ensureBase, makeDisk, makeKeyBase } from './disks.js';
import { boot2dockerKeys, makeSeed } from './guest.js';
import { removeVm } from './power.js';
import { chooseSwitch, defaultSwitch } from './switch.js';
import { findVm, notesOf, ownVm, vmKind, withLedger } from './vm.js';

const megabyte = 2 ** 20;
/** MB that an idle guest with dynamic memory keeps. */
const leastMemory = 512;

/**
 * The machine's VM with its disks and adapters. The ledger's token is the mark in its notes, so that it is found again whenever a run is
 * interrupted; an unfinished VM is replaced.
 */
export async function ensureVm(ctx: DriverContext, tools: Tools): Promise<void> {
  await ctx.resource(
    'vm',
    { kind: vmKind, scope: 'machine', request: { name: ctx.machineName } },
    {
      find: (entry) => finishedVm(ctx, tools, entry),
      async make(_request, token) {
        const known = await finishedVm(ctx, tools); // of an older version, which kept no ledger
        if (known !== undefined) return known;
        const config = readConfig(ctx.data());
        const { hyperv, computer } = tools;
        // An unfinished VM, also one in this folder of a machine of this name that is forgotten.
        await removeVm(async () => ownVm(config, ctx.machineDir, await hyperv.vms(), computer.platform), ctx, hyperv);
        return buildVm(token, ctx, tools);
      },
    },
  );
}

async function finishedVm(ctx: DriverContext, tools: Tools, entry?: LedgerEntry): Promise<string | undefined> {
  const config = readConfig(ctx.data());
  return config.built ? (await findVm(withLedger(config, entry), ctx, tools))?.id : undefined;
}

/** @returns the id of the VM: of generation 2 for a cloud image, of generation 1 for boot2docker */
async function buildVm(mark: string, ctx: DriverContext, tools: Tools): Promise<string> {
  const { hyperv } = tools;
  const asked = readConfig(await ctx.keep({ Mark: mark, VMId: '', Built: false }));
  const base = asked.image === '' ? '' : await ensureBase(asked, ctx, tools);
  const { name, id: switchId } = chooseSwitch(asked.virtualSwitch, (await hyperv.host()).switches);
  ctx.io.info(`Using switch ${JSON.stringify(name)}`);
  const config = readConfig(await ctx.keep({ BaseDisk: base, VSwitch: name }));
  await ctx.files.remove(join(ctx.machineDir, ctx.machineName)); // the settings of an unfinished VM
  if (config.image === '') {
    const iso = await bringIso(config.isoUrl, ctx);
    const keys = await boot2dockerKeys(ctx);
    const disk = await makeDisk(config, await makeKeyBase(keys.loginPublic, ctx, hyperv), ctx, hyperv);
    const id = await makeVm(1, ctx, hyperv);
    await hyperv.attachIso({ id, disk, iso });
    await ctx.keep({ Built: true });
    return id;
  }
  const seed = await makeSeed(config, switchId.toLowerCase() === defaultSwitch, ctx);
  const disk = await makeDisk(config, config.baseDisk, ctx, hyperv);
  const id = await makeVm(2, ctx, hyperv);
  await hyperv.attachDrives({ id, disk, seed, secureBoot: config.secureBoot });
  await ctx.keep({ Built: true });
  return id;
}

async function makeVm(generation: 1 | 2, ctx: DriverContext, hyperv: HyperV): Promise<string> {
  ctx.io.info('Creating VM...');
  const { machineName: name, mark, cpus, dynamicMemory: dynamic, mac, vlan, virtualSwitch, memory: asked } = readConfig(ctx.data());
  const memory = asked * megabyte;
  const notes = notesOf(mark, await ctx.owner());
  const id = await hyperv.newVm({ name, path: ctx.machineDir, generation, memory, switch: virtualSwitch, notes });
  await ctx.keep({ VMId: id });
  await hyperv.setHardware({ id, cpus, dynamic, minimum: Math.min(memory, leastMemory * megabyte), memory, mac, vlan });
  return id;
}
