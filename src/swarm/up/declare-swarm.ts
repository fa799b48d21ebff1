import { resolve } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import type { FlagValues } from '../../base/flags.js';
import { loadDriverModule } from '../../machine/access/driver-registry.js';
import { requestOf } from '../../machine/request/create-request.js';
import { readFlags } from '../../machine/request/given-flags.js';
import { flagsWithoutClassicSwarm } from '../../machine/request/machine-flags.js';
import type { Surroundings } from '../../machine/session.js';
import type { DeclaredFrom } from './declared.js';
import { declaredByFile, declaredByFlags } from './declared.js';

/** A swarm as a file describes it. */
export interface SwarmFromFile {
  /** Default: `swarm.yaml` or `swarm.yml` of the folder. */
  readonly file?: string | undefined;
  /** What the swarm is called, unless the file says it. Default: the name of the file's folder. */
  readonly name?: string | undefined;
}

/** A swarm of machines that are all alike: `NAME-manager1` and on, `NAME-worker1` and on. */
export interface SwarmFromFlags {
  readonly name: string;
  /** Default 1. */
  readonly managers?: number;
  /** Default 0. */
  readonly workers?: number;
  readonly driver: string;
  /** The flags of `create` and of the driver by name, without dashes; those of classic swarms (`swarm...`) are refused. */
  readonly flags?: FlagValues;
}

export interface DeclareOptions {
  /** Folder that relative names of files begin at; default the current one. */
  readonly cwd?: string;
}

/**
 * Reads what a swarm is to be, from a file or from numbers and flags, with the checks and messages of `swarm up`. Touches nothing.
 * @returns the declaration, with warnings about what is unwise in it
 * @throws TsmachineError SWARM_FILE for a file that is wrong, with every line; USAGE without a file, and for a flag that does not exist;
 * DRIVER_UNKNOWN; FLAG_INVALID; NAME_INVALID
 */
export async function declareSwarm(
  session: Surroundings,
  from: SwarmFromFile | SwarmFromFlags,
  options: DeclareOptions = {},
): Promise<DeclaredFrom> {
  const cwd = resolve(options.cwd ?? '.');
  if (!('driver' in from)) return declaredByFile({ file: from.file, name: from.name, cwd, session });
  const { name, managers = 1, workers = 0, flags: given = {} } = from;
  if ('file' in from) {
    throw new TsmachineError('USAGE', 'Both a file and a driver describe the swarm', {
      hint: 'Leave one of them out, or change the file',
    });
  }
  const driver = await loadDriverModule(from.driver, session);
  const values = readFlags([...flagsWithoutClassicSwarm, ...driver.flags], given, session.env);
  const { engine, install, tlsSans } = requestOf(driver.name, values, {});
  // what is not given is read again when a machine is made: the declaration holds what was said
  const flags = Object.fromEntries(
    driver.flags.flatMap((spec) => (given[spec.name] === undefined ? [] : [[spec.name, values[spec.name]]])),
  );
  return declaredByFlags({ name, managers, workers, driver: driver.name, flags, engine, install, tlsSans }, cwd);
}
