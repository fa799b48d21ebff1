import type { State } from '../base/machine.js';
import type { HostConfig } from '../store/config/schema.js';
import { swarmUrl } from '../store/config/swarm-address.js';
import { engineTarget, engineUrl, openMachineEngine } from './engine/engine.js';
import { TsmachineError, messageOf } from '../base/errors.js';
import { join, run, say } from '../base/text.js';
import { warnOfExpiry } from './engine/expiry.js';
import { openMachine } from './machine.js';
import type { Session } from './session.js';

/** The state that the driver sees. @throws TsmachineError MACHINE_NOT_FOUND, CONFIG_*, or the driver's error */
export async function machineState(session: Session, name: string): Promise<State> {
  const machine = await openMachine(session, name);
  try {
    return (await machine.look()).state;
  } catch (error) {
    const cause = TsmachineError.from(error, 'DRIVER_FAILED');
    throw new TsmachineError(cause.code, say`error getting state for host ${name}: ${cause.text}`, { cause, hint: cause.hint });
  }
}

/** The machine's first address. @throws TsmachineError MACHINE_STATE when it has none */
export async function machineIp(session: Session, name: string): Promise<string> {
  const machine = await openMachine(session, name);
  const { addresses } = await machine.where();
  const first = addresses[0];
  if (!first) throw new TsmachineError('MACHINE_STATE', `Error getting IP address: Host is not running`, { hint: run('start', name) });
  return first.ip;
}

/** The URL of the machine's engine: `tcp://HOST:PORT`. @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_STATE when it is not running */
export async function machineUrl(session: Session, name: string): Promise<string> {
  return engineUrl(await openMachine(session, name));
}

/** The machine's config.json. Its driver need not be built in. */
export async function inspectMachine(session: Session, name: string): Promise<HostConfig> {
  return (await session.store.load(name)).config;
}

/** The version of the machine's engine. @throws TsmachineError MACHINE_STATE, and ENGINE_* with Docker Machine's words in front */
export async function engineVersion(session: Session, name: string): Promise<string> {
  const machine = await openMachine(session, name);
  try {
    const engine = await openMachineEngine(session, machine);
    try {
      return (await engine.version()).Version;
    } finally {
      engine.close();
    }
  } catch (error) {
    const cause = TsmachineError.from(error, 'ENGINE_API');
    throw new TsmachineError(cause.code, say`Unable to query docker version: ${cause.text}`, { cause, hint: cause.hint });
  }
}

export interface DockerConnection {
  readonly url: string;
  /** The folder for DOCKER_CERT_PATH. */
  readonly certDir: string;
  readonly caPath: string;
  readonly certPath: string;
  readonly keyPath: string;
}

/**
 * How a docker client reaches the machine, or the classic swarm that it is master of, proved by a handshake.
 * @throws TsmachineError ENGINE_UNREACHABLE, ENGINE_TLS, CERT_UNREADABLE, MACHINE_STATE
 */
export async function dockerConnection(session: Session, name: string, { swarm = false } = {}): Promise<DockerConnection> {
  const machine = await openMachine(session, name);
  const own = await engineUrl(machine);
  const url = swarm ? urlOfSwarm(machine.config, own) : own;
  const { dir, ca, cert, key } = session.store.machine(name);
  if (url.startsWith('tcp:')) {
    await warnOfExpiry(session, machine.config);
    await (swarm ? checkSwarm(session, machine.config, url, own) : checkHandshake(session, machine.config, url));
  }
  return { url, certDir: dir, caPath: ca, certPath: cert, keyPath: key };
}

function urlOfSwarm({ Name: name, HostOptions: { SwarmOptions: swarm } }: HostConfig, own: string): string {
  const url = swarm.Master ? swarmUrl(own, swarm.Host) : undefined;
  if (url !== undefined) return url;
  throw new TsmachineError('MACHINE_STATE', `"${name}" is not a swarm master. The --swarm flag is intended for use with swarm masters`);
}

/** When the engine itself answers, its certificates are valid, and the swarm is what fails. */
async function checkSwarm(session: Session, config: HostConfig, url: string, own: string): Promise<void> {
  try {
    await checkHandshake(session, config, url);
  } catch (error) {
    session.signal.throwIfAborted();
    const engineAnswers = await checkHandshake(session, config, own).then(
      () => true,
      () => false,
    );
    session.signal.throwIfAborted();
    if (!engineAnswers) throw error;
    const words = 'Connection to Swarm cannot be checked but the certs are valid. Maybe swarm is not started';
    const hint = say`Start its containers again, or see why they end: ${run('provision', config.Name)}`;
    throw new TsmachineError('ENGINE_UNREACHABLE', words, { cause: error, hint });
  }
}

async function checkHandshake(session: Session, config: HostConfig, url: string): Promise<void> {
  const { handshake } = await import('../docker/handshake.js');
  try {
    await handshake(await engineTarget(config, url), { signal: session.signal, timeout: 20_000 });
  } catch (error) {
    session.signal.throwIfAborted();
    const cause = TsmachineError.from(error, 'ENGINE_TLS');
    const problem = `There was an error validating certificates for host "${url.replace(/^tcp:\/\//, '')}"`;
    throw new TsmachineError(
      cause.code,
      join(
        [
          say`Error checking and/or regenerating the certs: ${problem}: ${messageOf(cause)}`,
          say`You can attempt to regenerate them using '${run('regenerate-certs', config.Name)}'.`,
          'Be advised that this will trigger a Docker daemon restart which might stop running containers.',
        ],
        '\n',
      ),
      { cause, hint: cause.hint },
    );
  }
}
