import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Cgroups, Computer, Facts } from '../api.js';
import { removeIfEmpty } from '../folders.js';
import { makeGroups, removeGroups } from './groups.js';
import { partNames } from '../identity.js';
import { groupsOf, launchPlan, trackOf, type LaunchRequest } from './launch.js';
import type { Bury } from '../network/addressing.js';
import { cutCable } from '../network/network.js';

const bootTimeout = 90_000;
const haltTimeout = 75_000;
const killTimeout = 15_000;
/** systemd(1), SIGRTMIN+3: power off. SIGRTMIN is 34 in glibc and musl alike. */
const powerOff = 37;
const sshPort = 22;

/** @throws TsmachineError DRIVER_PRECHECK where no control groups are mounted */
export async function placed(computer: Computer): Promise<Facts & { readonly cgroups: Cgroups }> {
  const facts = await computer.facts();
  const { cgroups } = facts;
  if (cgroups) return { ...facts, cgroups };
  throw new TsmachineError('DRIVER_PRECHECK', 'This computer has no control groups mounted', {
    hint: 'mount -t cgroup2 none /sys/fs/cgroup',
  });
}

/** Whether any process of the machine lives. Its control group tells, so a recycled process id cannot be mistaken for it. */
export async function isRunning(id: string, computer: Computer): Promise<boolean> {
  const facts = await computer.facts();
  if (!facts.cgroups) return false;
  return (await computer.processes(trackOf(id, { ...facts, cgroups: facts.cgroups }))).length > 0;
}

/** Starts a machine whose root is mounted and whose cable is laid. */
export async function launch(request: LaunchRequest, computer: Computer): Promise<void> {
  const facts = await placed(computer);
  const plan = launchPlan(request, facts);
  await rm(request.consoleLog, { force: true });
  if (!plan.detached) {
    await computer.run('systemctl', ['reset-failed', `${partNames(request.id).machine}.service`], { ok: [0, 1, 5] });
    await computer.run(plan.program, plan.args);
    return;
  }
  await removeGroups(groupsOf(request.id, facts));
  await makeGroups(plan);
  await computer.start(plan.program, plan.args, request.consoleLog);
}

/**
 * Waits until the machine's SSH server listens.
 * @throws TsmachineError DRIVER_FAILED with the end of the console when the machine ends or hangs
 */
export async function waitForBoot(id: string, consoleLog: string, ctx: DriverContext, computer: Computer): Promise<void> {
  const track = trackOf(id, await placed(computer));
  const started = performance.now();
  const failure = async (what: string) =>
    new TsmachineError('DRIVER_FAILED', `${ctx.machineName} ${what}${await lastLines(consoleLog)}`, {
      hint: `Its whole console: ${consoleLog}`,
    });
  await waitFor(
    async () => {
      const init = await computer.initOf(track);
      if (init !== undefined && (await computer.listens(init, sshPort))) return true;
      const elapsed = performance.now() - started;
      // The first process needs a moment to enter its control group.
      if (elapsed > 2000 && (await computer.processes(track)).length === 0) throw await failure('ended while it booted');
      if (elapsed > bootTimeout) throw await failure(`has no SSH server after ${bootTimeout / 1000} s`);
      return undefined;
    },
    { timeout: bootTimeout + 10_000, interval: 30, maxInterval: 150, signal: ctx.signal, what: `${ctx.machineName} to boot` },
  );
}

/** Asks the machine to power off; one that does not do it in time is killed. A machine that is off already stays off. */
export async function halt(id: string, ctx: DriverContext, computer: Computer): Promise<void> {
  const facts = await placed(computer);
  const track = trackOf(id, facts);
  const init = await computer.initOf(track);
  if (init !== undefined) {
    computer.signal(init, powerOff);
    const gone = await ended(track, computer, haltTimeout, ctx.signal);
    if (gone) return;
    ctx.io.warn(`${ctx.machineName} did not power off within ${haltTimeout / 1000} s and was killed`);
  }
  await end(id, computer);
}

/** Ends every process of the machine at once. */
export async function end(id: string, computer: Computer): Promise<void> {
  const facts = await computer.facts();
  if (!facts.cgroups) return;
  const track = trackOf(id, { ...facts, cgroups: facts.cgroups });
  if (facts.systemd) await computer.run('systemctl', ['kill', '--signal=KILL', `${partNames(id).machine}.service`], { ok: [0, 1, 5] });
  const deadline = performance.now() + killTimeout;
  let left = await computer.processes(track);
  while (left.length > 0 && performance.now() < deadline) {
    for (const pid of left) computer.signal(pid, 9);
    await ended(track, computer, 500);
    left = await computer.processes(track);
  }
  if (left.length > 0) throw new TsmachineError('DRIVER_FAILED', `Processes of the machine cannot be ended: ${left.join(', ')}`);
}

/** Gives back what a machine that is off holds of the computer: control groups and network. */
export async function clear(id: string, computer: Computer): Promise<void> {
  const facts = await computer.facts();
  if (facts.cgroups && !facts.systemd) await removeGroups(groupsOf(id, { ...facts, cgroups: facts.cgroups }));
  await removeIfEmpty(join('/run/systemd/nspawn/propagate', partNames(id).machine)); // nspawn forgets it
  await cutCable(id, computer);
}

/** A store that was deleted by hand: nothing of its machines runs, their network may still be there. */
export function buryWith(computer: Computer): Bury {
  return async (id) => {
    if (await isRunning(id, computer)) return false;
    await clear(id, computer);
    return true;
  };
}

export function consoleLogOf(machineDir: string): string {
  return join(machineDir, 'console.log');
}

async function ended(track: string, computer: Computer, timeout: number, signal?: AbortSignal): Promise<boolean> {
  const look = async () => (await computer.processes(track)).length === 0 || undefined;
  try {
    return await waitFor(look, { timeout, interval: 20, maxInterval: 200, what: 'the machine to end', ...(signal ? { signal } : {}) });
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'WAIT_TIMEOUT') return false;
    throw error;
  }
}

/** What a machine printed while it booted and ran, without control characters. */
export async function readConsole(machineDir: string): Promise<string> {
  return (await printable(consoleLogOf(machineDir))).join('\n');
}

async function lastLines(file: string): Promise<string> {
  const printed = await printable(file);
  return printed.length === 0 ? '' : `:\n${printed.slice(-12).join('\n')}`;
}

async function printable(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => ''); // a machine that was never booted has none
  return text
    .split('\n')
    .map((line) => line.replace(/\u001b\[[0-9;?]*[a-zA-Z]|[^\t -~]/g, '').trim())
    .filter((line) => line !== '');
}
