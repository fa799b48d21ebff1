import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { bringIso } from '../../../src/guest/boot2docker/iso.js';
import type { DriverContext, DriverData } from '../../../src/driver/contract.js';
import type { HyperV, Tools } from '../api.js';
import { readConfig, type HypervConfig } from '../config.js';
import { makeDisk, makeKeyBase } from './disks.js';
import { boot2dockerKeys, makeSeed } from './guest.js';
import { chooseSwitch, defaultSwitch } from './switch.js';
import { notesOf } from './vm.js';

const megabyte = 2 ** 20;
/** MB; what a guest with dynamic memory keeps when it has nothing to do. */
const leastMemory = 512;

/** Writes down what is known from then on. */
type Settle = (fields: DriverData) => Promise<void>;

/** Disk, seed and VM of a machine (spec 8.9): generation 2 for a cloud image, generation 1 for boot2docker. */
export async function buildVm(data: DriverData, ctx: DriverContext, { hyperv }: Tools, settle: Settle): Promise<void> {
  const config = readConfig(data);
  const { name, id: switchId } = chooseSwitch(config.virtualSwitch, (await hyperv.host()).switches);
  ctx.io.info(`Using switch ${JSON.stringify(name)}`);
  await settle({ VSwitch: name });
  await rm(join(ctx.machineDir, config.machineName), { recursive: true, force: true }); // the settings of half a VM
  if (config.image === '') {
    const iso = await bringIso(config.isoUrl, ctx);
    const keys = await boot2dockerKeys(ctx);
    const disk = await makeDisk(config, await makeKeyBase(keys.loginPublic, ctx, hyperv), ctx, hyperv);
    const id = await makeVm({ config, generation: 1, switch: name }, ctx, hyperv, settle);
    await hyperv.attachIso({ id, disk, iso });
    return;
  }
  const seed = await makeSeed(config, switchId.toLowerCase() === defaultSwitch, ctx);
  const disk = await makeDisk(config, config.baseDisk, ctx, hyperv);
  const id = await makeVm({ config, generation: 2, switch: name }, ctx, hyperv, settle);
  await hyperv.attachDrives({ id, disk, seed, secureBoot: config.secureBoot });
}

interface Plan {
  readonly config: HypervConfig;
  readonly generation: 1 | 2;
  readonly switch: string;
}

async function makeVm(plan: Plan, ctx: DriverContext, hyperv: HyperV, settle: Settle): Promise<string> {
  ctx.io.progress('Creating VM...');
  const { config, generation } = plan;
  const { machineName: name, cpus, dynamicMemory: dynamic, mac, vlan } = config;
  const memory = config.memory * megabyte;
  const id = await hyperv.newVm({ name, path: ctx.machineDir, generation, memory, switch: plan.switch, notes: notesOf(config) });
  await settle({ VMId: id });
  await hyperv.setHardware({ id, cpus, dynamic, minimum: Math.min(memory, leastMemory * megabyte), memory, mac, vlan });
  return id;
}
