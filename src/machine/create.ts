import { isDeepStrictEqual } from 'node:util';

import type { SshConnection } from '../ssh/types.js';
import type { EngineInstall } from '../base/machine.js';
import type { FlagValues } from '../base/flags.js';
import { flagsToKeep } from '../base/flags.js';
import { newHostConfig, type EngineOptions, type HostConfig, type SwarmOptions } from '../store/config/schema.js';
import { copyClientCertificates, ensureAuthorityOf } from './engine/certificates.js';
import { connectTo } from './access/connection.js';
import { driverPlaces } from './access/driver-registry.js';
import { TsmachineError, messageOf } from '../base/errors.js';
import { run, say } from '../base/text.js';
import { type Machine, attachDriver } from './machine.js';
import { validateName } from './choose/names.js';
import { detectHost, provisionHost } from './provision.js';
import { refuseExisting, reserve, type Reservation } from './reservation.js';
import { tellFollowers, type Session } from './session.js';
import { showingConsole, waitForState } from './wait-for-state.js';
import { verifyEngine } from './engine/verify.js';

export interface CreateRequest {
  readonly name: string;
  readonly driverName: string;
  /** The driver's flags, defaults and environment filled in. */
  readonly flags: FlagValues;
  readonly engine: Partial<EngineOptions>;
  readonly install: EngineInstall;
  readonly swarm?: Partial<SwarmOptions>;
  readonly tlsSans: readonly string[];
  /** The words after the program's name, without secrets. The journal keeps them, so that the command can be repeated. */
  readonly command?: readonly string[];
  /** The user's own CA and client certificate instead of the store's, as absolute paths. */
  readonly tls?: { readonly caCert?: string; readonly caKey?: string; readonly clientCert?: string; readonly clientKey?: string };
}

/**
 * Creates a machine, or finishes the one that an interrupted run began. Every step is in the journal before the next begins: after
 * Ctrl-C, kill -9 or a failure the same call continues where this one stopped, and `removeMachine` undoes everything.
 * @throws TsmachineError as its steps do; a failed pre-create check exits with 3 and leaves nothing behind
 */
export async function createMachine(session: Session, request: CreateRequest): Promise<void> {
  validateName(request.name);
  await refuseExisting(session, request.name); // before its flags are looked at, as Docker Machine did
  const config = await planMachine(session, request);
  await tellShadowed(session, request.driverName);
  await session.store.lock(
    request.name,
    async () => {
      const reservation = await reserve(session, { config, flags: request.flags, command: request.command });
      try {
        await makeMachine(session, config, request, reservation);
      } catch (error) {
        throw await leaveOrForget(session, request, reservation, error);
      }
    },
    {
      signal: session.signal,
      onWait: () => {
        session.io.progress(`Waiting for another tsmachine that works on ${request.name}`);
      },
    },
  );
}

/** The configuration that a machine with this name and these flags will have. Changes nothing. */
export async function planMachine(session: Session, request: CreateRequest): Promise<HostConfig> {
  const { name, driverName } = request;
  validateName(name);
  const { driver } = await session.drivers.open(driverName);
  const { root } = session.store;
  return newHostConfig({
    name,
    root,
    driverName,
    driver: await driver.parse({
      machineName: name,
      storePath: root,
      machineDir: session.store.machine(name).dir,
      flags: request.flags,
      ...(request.install.version ? { engineVersion: request.install.version } : {}),
    }),
    engine: request.engine,
    ...(request.swarm ? { swarm: request.swarm } : {}),
    serverCertSans: [...request.tlsSans],
    ...(request.tls ? { auth: request.tls } : {}),
  });
}

/**
 * Whether a machine like this could be created now, before what it replaces is removed: its flags, its certificates and the driver's own
 * check. The name may be taken, so the driver is asked about another.
 * @throws TsmachineError as `createMachine` before it makes anything
 */
export async function checkCreation(session: Session, request: CreateRequest): Promise<void> {
  const config = await planMachine(session, { ...request, name: `${request.name}-next` });
  await ensureAuthorityOf(session, config);
  await precheck(await attachDriver(session, config));
}

async function precheck({ driver, data, ctx }: Machine): Promise<void> {
  try {
    await driver.precheck(data, ctx);
  } catch (error) {
    throw failedCheck(error);
  }
}

async function makeMachine(
  session: Session,
  config: HostConfig,
  { install, flags }: CreateRequest,
  reservation: Reservation,
): Promise<void> {
  const { io, store } = session;
  const { name, machine } = await open(session, config, reservation);
  if (reservation.resumed) io.info(`Continuing the interrupted creation of ${name} after step "${reservation.last ?? 'none'}"`);
  await reservation.once('reserved', async () => {
    await machine.save();
    await store.writeFacts(name, {
      createdAt: new Date().toISOString(),
      engineInstall: install,
      flags: flagsToKeep(machine.module.flags, flags),
    });
  });
  if (reservation.resumed) await takeCorrections(session, machine, config, install);
  await reservation.once('certificates', () => ensureAuthorityOf(session, config));
  await copyClientCertificates(session, config); // `env` and `config` work from the moment that the engine does
  await reservation.once('prechecked', async () => {
    io.info('Running pre-create checks...');
    await precheck(machine);
  });
  await reservation.once('created', async () => {
    io.info('Creating machine...');
    await machine.driver.create(machine.data, machine.ctx);
  });
  if (machine.module.features.provision) await bringUp(session, machine, install, reservation);
  await machine.save();
  await reservation.close();
}

/**
 * What is not done yet is done as this command says: how the engine is installed, and the containers of a classic swarm. So a version that
 * does not exist, or an image that cannot be pulled, is corrected by repeating the command with another.
 */
async function takeCorrections(
  { store }: Session,
  machine: Machine,
  { HostOptions: wanted }: HostConfig,
  install: EngineInstall,
): Promise<void> {
  const facts = await store.readFacts(machine.name);
  if (!isDeepStrictEqual(facts.engineInstall, install)) await store.writeFacts(machine.name, { ...facts, engineInstall: install });
  if (!isDeepStrictEqual(machine.config.HostOptions.SwarmOptions, wanted.SwarmOptions)) await machine.chooseSwarm(wanted.SwarmOptions);
}

/** A resumed machine has the driver data of its last checkpoint; a new one has what its flags say. */
async function open(session: Session, config: HostConfig, reservation: Reservation): Promise<{ name: string; machine: Machine }> {
  const stored = reservation.has('reserved') ? (await session.store.load(config.Name)).config : config;
  return { name: config.Name, machine: await attachDriver(session, stored) };
}

async function bringUp(session: Session, machine: Machine, install: EngineInstall, reservation: Reservation): Promise<void> {
  const { io } = session;
  await waitUntilRunning(session, machine);
  await reservation.done('running');
  io.info('Detecting operating system of created instance...');
  io.info('Waiting for SSH to be available...');
  const connection = await showingConsole(session, machine, () => connectTo(session, machine));
  try {
    await reservation.done('connected');
    await renewExposedHostKey(machine, connection);
    const facts = await detectHost(session, connection);
    const { refuseOtherVersion } = await import('../provision/provision.js');
    refuseOtherVersion(facts, install, machine.name);
    await reservation.done('detected');
    const provisioned = await provisionHost(session, machine, connection, facts, false);
    await reservation.done('provisioned');
    await verifyEngine(session, machine, { facts, connection });
    await reservation.done('verified');
    // not a step in the journal: calling the followers a second time changes nothing
    await tellFollowers(session, (follower) => follower.provisioned?.(session, machine.name, provisioned));
  } finally {
    await connection.close();
  }
  io.info('Docker is up and running!');
}

/** A host key that others could read in the machine's user data is made anew over the first login. */
async function renewExposedHostKey(machine: Machine, connection: SshConnection): Promise<void> {
  const { isHostKeyExposed } = await import('../guest/keys.js');
  const { name, ctx } = machine;
  const { ssh } = await machine.where();
  if (!ssh || !(await isHostKeyExposed(ctx.machineDir))) return;
  const { renewHostKey } = await import('../guest/host-key-renewal.js');
  ctx.io.debug(`${name}: changing the SSH host key, which its user data contains`);
  let first: SshConnection | undefined = connection;
  await renewHostKey((use) => {
    const open = first;
    first = undefined;
    return open ? use(open) : ctx.ssh(ssh, use);
  }, ctx);
}

/** A machine that was created but has stopped since (this computer was switched off in between) is started; one that ended is made anew. */
async function waitUntilRunning(session: Session, machine: Machine): Promise<void> {
  const { features } = machine.module;
  if (!features.powerControl) return; // for a host that tsmachine cannot switch on, connecting says more, and sooner
  session.io.info('Waiting for machine to be running, this may take a few minutes...');
  const { state, why } = await machine.look();
  if (why?.code === 'gone' || (why?.code === 'reclaimed' && state === 'None')) await machine.driver.create(machine.data, machine.ctx);
  else if (state === 'Stopped') await machine.driver.start(machine.data, machine.ctx);
  await waitForState(session, machine, 'Running');
}

function failedCheck(error: unknown): TsmachineError {
  const cause = TsmachineError.from(error, 'DRIVER_PRECHECK');
  return new TsmachineError(cause.code, `Error with pre-create check: ${JSON.stringify(cause.message)}`, {
    cause,
    hint: cause.hint,
    exit: 3,
  });
}

/** Plugins that would be used if there were no other driver of their name: looked for and said once in a session. */
async function tellShadowed(session: Session, driver: string): Promise<void> {
  if (!session.drivers.isFirstMention(driver)) return;
  const [used = '', ...others] = await driverPlaces(driver, session);
  if (others.length === 0) return;
  const why = used === 'tsmachine' ? `The driver "${driver}" is built in` : `The driver "${driver}" is ${used}`;
  session.io.info(
    `${why}: ${others.length === 1 ? 'the plugin' : 'the plugins'} ${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} not used`,
  );
}

/** Until the driver has made something there is nothing to continue, and the name is released. Later the error says how to go on. */
async function leaveOrForget(
  session: Session,
  { name, driverName }: CreateRequest,
  reservation: Reservation,
  error: unknown,
): Promise<unknown> {
  if (!reservation.has('prechecked')) {
    await session.store.remove(name);
    return error;
  }
  if (!TsmachineError.is(error)) return error;
  const { features } = await session.drivers.open(driverName);
  const next =
    features.resumable === false && !reservation.has('created')
      ? say`Its driver cannot continue. Remove what was made, and run the same command again: ${run('rm', '-y', name)}`
      : say`Run the same command again to continue, or remove what was made: ${run('rm', '-y', name)}`;
  return new TsmachineError(error.code, say`Error creating machine: ${messageOf(error)}`, {
    cause: error,
    exit: error.exit,
    hint: error.hint === undefined ? next : say`${error.hint}\n${next}`,
  });
}
