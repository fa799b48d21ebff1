import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import type { FlagSpec } from '../../base/flags.js';
import { jsonOrNothing } from '../../base/json.js';
import { baseData } from '../../driver/kit/data.js';
import type { DriverDescription, DriverEnv } from '../../driver/contract.js';
import { makePrivateDir, readIfExists, writeAtomic } from '../../system/files/atomic.js';
import { stateDir } from '../../system/state-dir.js';
import { flagSpecs } from './flags.js';
import { callLimits, HeldMachine } from './held-machine.js';
import type { GoProgram } from './program.js';

/** Drivers whose machines are no hosts to provision: of Docker Machine's and rancher's tests, and rancher's pods. */
const withoutProvision = ['ci-test', 'noop', 'pod'];
/** The name that Docker Machine gives a plugin when it asks for nothing but flags. */
const noMachine = { machineName: 'flag-lookup', storePath: '', machineDir: '', flags: {} };

/**
 * What a plugin's machines are like, and its flags. The plugin is asked once: the answer is kept in the user's state folder until the
 * program is another one.
 * @throws TsmachineError DRIVER_FAILED, COMMAND_FAILED when the plugin cannot be asked
 */
export async function describePlugin(program: GoProgram, env: DriverEnv): Promise<DriverDescription> {
  return {
    flags: await flagsOf(program, env),
    features: {
      provision: !withoutProvision.includes(program.driver),
      powerControl: true,
      ownsHost: true,
      hostKeyKnown: false,
      resumable: false,
    },
  };
}

async function flagsOf(program: GoProgram, env: DriverEnv): Promise<readonly FlagSpec[]> {
  const state = stateDir(env.env);
  const file = join(
    state,
    'plugins',
    `${createHash('sha256').update(`${program.driver}\0${program.path}`).digest('hex').slice(0, 32)}.json`,
  );
  const { size, mtimeMs, ctimeMs } = await stat(program.path);
  const of = { version: 1, driver: program.driver, path: program.path, size, mtimeMs, ctimeMs };
  const kept = state === '' ? undefined : await read(file, of);
  if (kept) return kept;
  const flags = await ask(program, env.signal);
  if (state !== '') await keep(file, { ...of, flags });
  return flags;
}

async function ask(program: GoProgram, signal: AbortSignal): Promise<readonly FlagSpec[]> {
  const { driver, path, args } = program;
  const ends = { timeout: callLimits.config, signal };
  const held = await HeldMachine.start({ driver, program: path, args, signal });
  try {
    await held.take(baseData(noMachine, {}), ends);
    const flags = held.understood('GetCreateFlags', flagSpecs, await held.ask('GetCreateFlags', ends));
    await held.close();
    return flags;
  } catch (error) {
    await held.kill();
    throw error;
  }
}

async function read(file: string, of: object): Promise<readonly FlagSpec[] | undefined> {
  const text = await readIfExists(file);
  const kept = text === undefined ? undefined : jsonOrNothing(text);
  if (typeof kept !== 'object' || kept === null || !('flags' in kept) || !Array.isArray(kept.flags)) return undefined;
  const { flags, ...was } = kept;
  return JSON.stringify(was) === JSON.stringify(of) && flags.every(isSpec) ? flags : undefined;
}

function isSpec(value: unknown): value is FlagSpec {
  if (typeof value !== 'object' || value === null) return false;
  const { name, usage, type } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof usage === 'string' && ['string', 'int', 'bool', 'strings'].includes(String(type));
}

/** Where it cannot be kept, the plugin is asked again next time. */
async function keep(file: string, value: object): Promise<void> {
  try {
    await makePrivateDir(dirname(file));
    await writeAtomic(file, JSON.stringify(value), 0o600);
  } catch (error) {
    if (!TsmachineError.is(error) || (error.code !== 'STORE_UNWRITABLE' && error.code !== 'STORE_FULL')) throw error;
  }
}
