import { setTimeout as pause } from 'node:timers/promises';

import type { DriverContext } from '../../../src/driver/contract.js';
import type { HostFacts, HyperV, Rights, Vm } from '../api.js';
import { isTransient } from './failure.js';
import { runScript, type ScriptContext as RunContext } from './powershell.js';
import { refuseWithout } from './rights.js';

/** A cloud image of some gigabytes on a slow disk. */
const copyTimeout = 30 * 60_000;
/** How often VMs are listed at most. */
const lists = 5;

/** What of a context runs scripts: one machine's, or that of many. */
export type ScriptContext = RunContext & Pick<DriverContext, 'signal'>;

/** Hyper-V of this computer, by PowerShell. */
export function hypervBy(ctx: ScriptContext, platform: string): HyperV {
  const run = (name: string, input: object = {}, timeout?: number) => runScript(name, input, ctx, platform, timeout);
  const done = async (name: string, input: object, timeout?: number): Promise<void> => {
    await run(name, input, timeout);
  };
  return {
    rights: async () => readRights(await run('rights')),
    host: async () => readHost(await run('host')),
    vms: async () => readVms(await listAgain(ctx.signal, () => run('vms'))),
    convertDisk: (disk) => done('convert-disk', disk, copyTimeout),
    diskSize: async (path) => number(await run('disk-size', { path })),
    newDisk: (disk) => done('new-disk', disk),
    newVm: async (vm) => text(await run('new-vm', vm)),
    setHardware: (hardware) => done('hardware', hardware),
    attachDrives: (drives) => done('drives', drives),
    attachIso: (drives) => done('drives-iso', drives),
    start: (id) => done('start', { id }, 3 * 60_000),
    stop: (id, timeout) => done('stop', { id }, timeout),
    turnOff: (id) => done('turn-off', { id }),
    removeVm: (id) => done('remove-vm', { id }),
    async addresses(id) {
      const { state, reported, neighbours } = fields(await run('addresses', { id }));
      return { state: text(state), reported: texts(reported), neighbours: texts(neighbours) };
    },
  };
}

/** Other VMs come and go while all are listed. */
async function listAgain(signal: AbortSignal, listAll: () => Promise<unknown>): Promise<unknown> {
  for (let left = lists; ; left -= 1) {
    try {
      return await listAll();
    } catch (error) {
      if (left <= 1 || !isTransient(error)) throw error;
    }
    await pause(200, undefined, { signal });
  }
}

function readRights(value: unknown): Rights {
  const { module, administrator, hyperVAdministrator } = fields(value);
  return { module: module === true, administrator: administrator === true, hyperVAdministrator: hyperVAdministrator === true };
}

function readHost(value: unknown): HostFacts {
  const { cpus, memory, switches } = fields(value);
  return {
    cpus: number(cpus),
    memory: number(memory),
    switches: list(switches)
      .map(fields)
      .map(({ id, name, type }) => ({ id: text(id), name: text(name), type: text(type) })),
  };
}

/** An empty list alone proves nothing: a user who may not see VMs gets one too. So the rights are checked. */
function readVms(value: unknown): readonly Vm[] {
  const vms = list(fields(value)['vms']).map(readVm);
  if (vms.length === 0) refuseWithout({ ...readRights(value), module: true });
  return vms;
}

function readVm(value: unknown): Vm {
  const { id, name, notes, path, state, created } = fields(value);
  return { id: text(id), name: text(name), notes: text(notes), path: text(path), state: text(state), created: text(created) };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): readonly string[] {
  return list(value).filter((one) => typeof one === 'string');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
