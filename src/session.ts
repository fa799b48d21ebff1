import { contextFollower } from './machine/context-follower.js';
import { silentIo } from './base/io.js';
import { openMachineSession, type Session, type SessionOptions } from './machine/session.js';
import { classicSwarmFollower, membershipFollower } from './swarm/followers.js';
import { defaultStorePath } from './system/home.js';

export type { Secrets, Session, SessionOptions } from './machine/session.js';

/** What reacts to changes of machines, in the order in which it is notified. */
const followers = [contextFollower, classicSwarmFollower, membershipFollower];

/**
 * Opens a store, with everything that reacts to changes of its machines: Docker contexts, classic swarms, swarms. Nothing is read or
 * written yet.
 * @param options.storePath root of the store; default: MACHINE_STORAGE_PATH, else `.docker/machine` in the home folder
 * @param options.io receives messages and progress, and answers questions for secrets; default: prints and answers nothing
 * @param options.signal ends every wait and every call when it is aborted; default: never
 * @param options.env the environment to read; default: this process's own
 * @param options.secrets credentials for this run alone, such as a token for GitHub; default: none
 * @param options.flags flags of drivers that are marked `secret` or `anywhere`, such as keys of a cloud; default: the environment's
 * @param options.driverPath folders of driver packages, separated as in PATH; default: TSMACHINE_DRIVER_PATH of `env`
 * @throws TsmachineError HOME_MISSING when no path is given and there is no home folder
 */
export function openSession(options: Partial<SessionOptions> = {}): Session {
  const {
    storePath,
    io = silentIo,
    signal = new AbortController().signal,
    env = process.env,
    secrets = {},
    flags = {},
    driverPath,
  } = options;
  return openMachineSession({ storePath: storePath ?? defaultStorePath(env), io, signal, env, secrets, flags, driverPath }, followers);
}
