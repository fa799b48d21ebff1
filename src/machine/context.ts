import { join } from 'node:path';

import { type ContextStore, type ContextTls, type DockerContext, isContextName, openContexts } from '../docker/contexts.js';
import { homeDirIfAny } from '../system/home.js';
import { engineTarget } from './engine/engine.js';
import { TsmachineError, messageOf } from '../base/errors.js';
import { run, say } from '../base/text.js';
import { type Machine, openMachine } from './machine.js';
import type { Session } from './session.js';

export interface ContextRow {
  readonly context: string;
  readonly machine: string;
  readonly host: string;
  /** gone: the machine is no longer in the store. stale: its address or its certificates have changed. */
  readonly state: 'ok' | 'stale' | 'gone' | 'unknown';
  /** Whether docker uses it when the environment does not say otherwise. */
  readonly current: boolean;
}

/** The machine's name, with a prefix where docker does not accept the name itself (one letter, "default"). */
export function contextName(machine: string): string {
  return isContextName(machine) ? machine : `tsmachine-${machine}`;
}

/** Docker's contexts, below DOCKER_CONFIG or the home folder; undefined when there is neither. */
export function contextsOf({ env }: Pick<Session, 'env'>): ContextStore | undefined {
  const configured = env['DOCKER_CONFIG'];
  if (configured !== undefined && configured !== '') return openContexts(configured);
  const home = homeDirIfAny(env);
  return home === '' ? undefined : openContexts(join(home, '.docker'));
}

/**
 * Makes or renews the docker context of a machine.
 * @returns the context's name
 * @throws TsmachineError CONTEXT_FOREIGN when a context that tsmachine did not make has that name; MACHINE_STATE without an address;
 * CERT_UNREADABLE
 */
export async function createContext(session: Session, name: string): Promise<string> {
  const machine = await openMachine(session, name);
  const contexts = contextsOrFail(session);
  const context = contextName(name);
  const found = await contexts.find(context);
  if (found && !isOurs(session, found, name)) {
    throw new TsmachineError('CONTEXT_FOREIGN', `A docker context "${context}" already exists, and tsmachine did not make it for ${name}`, {
      hint: `Look at it: docker context inspect ${context}. Remove it: docker context rm ${context}`,
    });
  }
  const wanted = await contextOf(machine);
  if (!wanted) throw new TsmachineError('MACHINE_STATE', `${name} has no address yet`, { hint: run('start', name) });
  await contexts.write({ name: context, host: wanted.host, owner: { machine: name, store: session.store.root } }, wanted.tls);
  return context;
}

/**
 * Removes the docker context of a machine, which may have left the store already.
 * @throws TsmachineError CONTEXT_NOT_FOUND when tsmachine made no context for it
 */
export async function removeContext(session: Session, name: string): Promise<void> {
  const contexts = contextsOrFail(session);
  const mine = await ownContext(session, contexts, name);
  if (!mine)
    throw new TsmachineError('CONTEXT_NOT_FOUND', `There is no docker context for machine "${name}"`, {
      hint: say`${run('context', 'ls')} lists them`,
    });
  await removeAndReset(session, contexts, mine.name);
}

/** Every context that belongs to a machine of this store, ordered by name. */
export async function listContexts(session: Session): Promise<ContextRow[]> {
  const contexts = contextsOrFail(session);
  const [all, current] = await Promise.all([contexts.list(), contexts.current()]);
  return Promise.all(
    all
      .filter((context) => isOurs(session, context))
      .map(async (context) => ({
        context: context.name,
        machine: context.owner?.machine ?? '',
        host: context.host,
        state: await stateOf(session, contexts, context),
        current: context.name === current,
      })),
  );
}

/** Updates the machine's context, if it has one, after an address or a certificate may have changed. Never fails the command. */
export async function followMachine(session: Session, name: string): Promise<void> {
  await warnOnFailure(session, name, async (contexts) => {
    const context = await ownContext(session, contexts, name);
    const wanted = context && (await contextOf(await openMachine(session, name)));
    if (!wanted || (await isCurrent(contexts, context, wanted))) return;
    await contexts.write({ name: context.name, host: wanted.host, owner: { machine: name, store: session.store.root } }, wanted.tls);
    session.io.info(`Docker context "${context.name}" now leads to ${name} at ${wanted.host}`);
  });
}

/** Removes the context of a machine that was removed. Never fails the command. */
export async function forgetMachine(session: Session, name: string): Promise<void> {
  await warnOnFailure(session, name, async (contexts) => {
    const context = await ownContext(session, contexts, name);
    if (context) await removeAndReset(session, contexts, context.name);
  });
}

async function ownContext(session: Session, contexts: ContextStore, machine: string): Promise<DockerContext | undefined> {
  const found = await contexts.find(contextName(machine));
  return found && isOurs(session, found, machine) ? found : undefined;
}

interface Wanted {
  readonly host: string;
  readonly tls: ContextTls | undefined;
}

async function contextOf(machine: Machine): Promise<Wanted | undefined> {
  const { dockerUrl: host } = await machine.look();
  if (host === undefined || host === '') return undefined;
  if (!host.startsWith('tcp:')) return { host, tls: undefined };
  const { ca, cert, key } = await engineTarget(machine.config, host);
  return { host, tls: { ca, cert, key } };
}

async function isCurrent(contexts: ContextStore, context: DockerContext, { host, tls }: Wanted): Promise<boolean> {
  const held = await contexts.tls(context.name);
  return context.host === host && held.ca === tls?.ca && held.cert === tls?.cert && held.key === tls?.key;
}

async function stateOf(session: Session, contexts: ContextStore, context: DockerContext): Promise<ContextRow['state']> {
  const name = context.owner?.machine ?? '';
  if (!(await session.store.exists(name))) return 'gone';
  try {
    const wanted = await contextOf(await openMachine(session, name));
    return wanted && (await isCurrent(contexts, context, wanted)) ? 'ok' : 'stale';
  } catch (error) {
    session.io.debug(say`context ${context.name}: ${messageOf(error)}`);
    return 'unknown';
  }
}

function isOurs(session: Session, { owner }: DockerContext, machine?: string): boolean {
  return owner !== undefined && owner.store === session.store.root && (machine === undefined || owner.machine === machine);
}

/** docker refuses to work when its current context is missing, so it is set back to the default, as `docker context rm -f` does. */
async function removeAndReset(session: Session, contexts: ContextStore, name: string): Promise<void> {
  const wasCurrent = (await contexts.current()) === name;
  await contexts.remove(name);
  if (!wasCurrent) return;
  await contexts.forgetCurrent();
  session.io.info(`"${name}" was docker's current context; docker now uses its default one`);
}

async function warnOnFailure(session: Session, name: string, work: (contexts: ContextStore) => Promise<void>): Promise<void> {
  const contexts = contextsOf(session);
  if (!contexts) return;
  try {
    await work(contexts);
  } catch (error) {
    session.signal.throwIfAborted();
    session.io.warn(say`The docker context of ${name} could not be updated: ${messageOf(error)}`);
  }
}

function contextsOrFail(session: Session): ContextStore {
  const contexts = contextsOf(session);
  if (contexts) return contexts;
  throw new TsmachineError('HOME_MISSING', 'There is no home folder, so there are no docker contexts', {
    hint: 'Set HOME or DOCKER_CONFIG',
  });
}
