import type { State } from '../driver/contract.js';
import type { HostConfig } from '../store/schema.js';
import { engineTarget, engineUrl, openMachineEngine } from './docker.js';
import { TsmachineError, messageOf } from './errors.js';
import { warnOfExpiry } from './expiry.js';
import { openMachine } from './machine.js';
import type { Session } from './session.js';

export async function machineState(session: Session, name: string): Promise<State> {
  const machine = await openMachine(session, name);
  try {
    return await machine.driver.state(machine.data, machine.ctx);
  } catch (error) {
    const cause = TsmachineError.from(error, 'DRIVER_FAILED');
    throw new TsmachineError(cause.code, `error getting state for host ${name}: ${cause.message}`, { cause, hint: cause.hint });
  }
}

/** The machine's first address. @throws TsmachineError MACHINE_STATE when it has none */
export async function machineIp(session: Session, name: string): Promise<string> {
  const machine = await openMachine(session, name);
  const { addresses } = await machine.driver.endpoint(machine.data, machine.ctx);
  const first = addresses[0];
  if (!first) throw new TsmachineError('MACHINE_STATE', `Error getting IP address: Host is not running`, { hint: `tsmachine start ${name}` });
  return first.ip;
}

export async function machineUrl(session: Session, name: string): Promise<string> {
  return engineUrl(await openMachine(session, name));
}

/** The machine as config.json has it. A driver that is not built in does not matter here. */
export async function inspectMachine(session: Session, name: string): Promise<HostConfig> {
  return (await session.store.load(name)).config;
}

/** The version of the machine's engine. @throws TsmachineError ENGINE_* prefixed as spec 2.12 says */
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
    throw new TsmachineError(cause.code, `Unable to query docker version: ${cause.message}`, { cause, hint: cause.hint });
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
 * How a docker client reaches the machine, after a real handshake (spec 4.6).
 * @throws TsmachineError ENGINE_UNREACHABLE, ENGINE_TLS, CERT_UNREADABLE, MACHINE_STATE
 */
export async function dockerConnection(session: Session, name: string): Promise<DockerConnection> {
  const machine = await openMachine(session, name);
  const url = await engineUrl(machine);
  const { dir, ca, cert, key } = session.store.machine(name);
  if (url.startsWith('tcp:')) {
    await warnOfExpiry(session, machine.config);
    await checkHandshake(session, machine.config, url);
  }
  return { url, certDir: dir, caPath: ca, certPath: cert, keyPath: key };
}

async function checkHandshake(session: Session, config: HostConfig, url: string): Promise<void> {
  const { handshake } = await import('../docker/handshake.js');
  try {
    await handshake(await engineTarget(config, url), { signal: session.signal, timeout: 20_000 });
  } catch (error) {
    session.signal.throwIfAborted();
    const cause = TsmachineError.from(error, 'ENGINE_TLS');
    const host = url.replace(/^tcp:\/\//, '');
    throw new TsmachineError(cause.code, [
      `Error checking and/or regenerating the certs: There was an error validating certificates for host "${host}": ${messageOf(cause)}`,
      `You can attempt to regenerate them using 'tsmachine regenerate-certs ${config.Name}'.`,
      'Be advised that this will trigger a Docker daemon restart which might stop running containers.',
    ].join('\n'), { cause, hint: cause.hint });
  }
}
