import { existsSync } from 'node:fs';

import type { State } from '../../base/machine.js';
import type { Engine } from '../../docker/client.js';
import { membershipOf, type Membership } from '../engine/membership.js';
import { engineTarget, type ReadPem } from '../../machine/engine/engine.js';
import { TsmachineError } from '../../base/errors.js';
import { openMachine, type Machine } from '../../machine/machine.js';
import type { Session } from '../../machine/session.js';

/** Milliseconds for connecting to a member's engine. */
const engineTimeout = 5000;
/**
 * Milliseconds for an answer of it. A manager that has just lost its quorum asks the others for 20 s before it answers for itself
 * (swarmRequestTimeout in moby daemon/cluster/cluster.go).
 */
const answerTimeout = 25_000;

/** A machine as a member, or future member, of a swarm, as far as it can be reached now. */
export interface Member {
  readonly name: string;
  /** Undefined: not in the store, or not readable (see `error`). */
  readonly machine?: Machine;
  /** Its creation was interrupted. */
  readonly unfinished: boolean;
  /** Undefined: there is no such machine. */
  readonly state?: State;
  /** Its best address. */
  readonly address?: string;
  /** Every address that its driver reports, best first. */
  readonly addresses?: readonly string[];
  /** Present when the engine answered. */
  readonly engine?: Engine;
  readonly membership?: Membership;
  /** Why its engine did not answer. */
  readonly error?: TsmachineError;
}

/** Inspects one machine. What is wrong with it is in the result; only an interruption is thrown. The caller closes the engine. */
export async function lookAtMember(session: Session, name: string, read: ReadPem): Promise<Member> {
  const { store, signal } = session;
  if (!(await store.exists(name))) return { name, unfinished: false };
  const unfinished = existsSync(store.machine(name).journal);
  let machine: Machine | undefined;
  let state: State | undefined;
  try {
    machine = await openMachine(session, name);
    if (unfinished) return { name, machine, unfinished };
    const now = await machine.look();
    state = now.state;
    if (state !== 'Running') return { name, machine, unfinished, state };
    const { dockerUrl, addresses } = now;
    const [best] = addresses;
    if (dockerUrl === undefined) throw new TsmachineError('MACHINE_STATE', `${name} has no address yet`);
    const { openEngine } = await import('../../docker/client.js');
    const engine = openEngine(await engineTarget(machine.config, dockerUrl, read), {
      signal,
      timeout: engineTimeout,
      readTimeout: answerTimeout,
    });
    const known = { name, machine, unfinished, state, ...(best ? { address: best.ip } : {}), addresses: addresses.map(({ ip }) => ip) };
    try {
      return { ...known, engine, membership: await membershipOf(engine) };
    } catch (error) {
      engine.close();
      signal.throwIfAborted();
      return { ...known, error: TsmachineError.from(error) };
    }
  } catch (error) {
    signal.throwIfAborted();
    return { name, unfinished, ...(machine ? { machine } : {}), ...(state ? { state } : {}), error: TsmachineError.from(error) };
  }
}

/** Whether the machine is there and does not run. */
export function isOff({ state }: Member): boolean {
  return state !== undefined && state !== 'Running';
}
