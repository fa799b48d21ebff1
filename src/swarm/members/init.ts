import type { SwarmRecord } from '../../store/swarms.js';
import { readCluster, unlockKey } from '../engine/cluster.js';
import type { SwarmSettings } from '../model/declaration.js';
import type { SettingsFlags } from '../file/flags.js';
import { initSwarm } from '../engine/init-join-leave.js';
import type { Availability } from '../../base/swarm-node.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { openMemberPorts } from './ports.js';
import { checkAddresses, namingAddresses, nodeAddresses, type GivenAddresses } from './addresses.js';
import { swarmOf } from '../reach/find.js';
import { withRole } from '../reach/list.js';
import { lockSwarm } from '../reach/lock.js';
import { type Swarm, withSwarm } from '../reach/swarm.js';

export interface InitOptions extends GivenAddresses {
  /** What the store calls the swarm. */
  readonly name: string;
  readonly settings: SwarmSettings;
  readonly availability: Availability;
  /** Makes the machine the only manager of the swarm it is in; the other managers are out. */
  readonly forceNewCluster?: boolean;
}

export type { SettingsFlags };

export interface InitRequest extends Partial<Omit<InitOptions, 'settings'>> {
  /** By the names that the flags and a swarm file have: `{ autolock: true, 'cert-expiry': '720h' }`. */
  readonly settings?: SettingsFlags;
}

/**
 * Initialises a swarm on one machine. If the machine already manages a swarm that was made by hand, that swarm is taken into the store as
 * it is.
 * @param request.name what the store calls the swarm; default `default`
 * @param request.availability whether the node takes tasks; default `active`
 * @throws TsmachineError FLAG_INVALID, SWARM_EXISTS, SWARM_STATE, SWARM_JOIN
 */
export async function initSwarmOn(session: Session, machine: string, request: InitRequest = {}): Promise<void> {
  const { name = 'default', settings = {}, availability = 'active', ...rest } = request;
  const { swarms } = session.store;
  checkAddresses(rest);
  const { settingsOfFlags } = await import('../file/flags.js');
  const options = { ...rest, availability, settings: await settingsOfFlags(settings) };
  await lockSwarm(session, name, async () => {
    const there = await swarms.find(name);
    const again = options.forceNewCluster === true;
    if (there && there.first !== machine && !(again && machine in there.members)) {
      throw new TsmachineError('SWARM_EXISTS', `There is a swarm "${name}" already`, { hint: 'Give the new one another name: --name' });
    }
    const known = await swarmOf(session, machine);
    if (known && known.name !== name) {
      throw new TsmachineError('SWARM_STATE', `${machine} is in swarm "${known.name}" already`, {
        hint: again ? `Name that one: --name ${known.name}` : run('swarm', 'nodes', known.name),
      });
    }
    const record: SwarmRecord = there ?? { version: 1, name, first: machine, members: { [machine]: { role: 'manager' } } };
    await withSwarm(session, record, async (swarm) => {
      if (swarm.reached(machine).membership.state === 'inactive' || again)
        await beginOrForget(swarm, machine, options, there === undefined);
      else await adopt(swarm, machine, options);
      const locks = (await readCluster(swarm.control)).spec.EncryptionConfig?.AutoLockManagers === true;
      if (locks)
        session.io.info(say`Its managers lock themselves when they restart. The key is kept in the store: ${run('swarm', 'unlock', name)}`);
      const others = await withRole(session, await session.store.names(), 'none');
      const join = run('swarm', 'join', '--role', 'worker', ...(others.length > 0 ? others : ['MACHINE...']));
      session.io.info(say`${machine} is a manager of swarm "${name}". Add machines to it: ${join}`);
    });
  });
}

/** When the engine refuses to initialise a new swarm, no record of it stays. */
async function beginOrForget(swarm: Swarm, machine: string, options: Omit<InitOptions, 'name'>, isNew: boolean): Promise<void> {
  try {
    await begin(swarm, machine, options);
  } catch (error) {
    if (isNew && TsmachineError.is(error) && error.code === 'SWARM_JOIN') await swarm.session.store.swarms.remove(swarm.name);
    throw error;
  }
}

/** Makes a machine that is in no swarm the first manager of this one. The record is on disk before the engine is asked. */
export async function begin(
  swarm: Swarm,
  name: string,
  { settings, availability, forceNewCluster, ...given }: Omit<InitOptions, 'name'>,
): Promise<void> {
  const { machine, engine } = swarm.reached(name);
  if (settings.acrossNetworks === true) await swarm.keep({ acrossNetworks: true });
  const addresses = await nodeAddresses(swarm, machine, given);
  await swarm.keep({ first: name, members: { ...swarm.record.members, [name]: { ...swarm.record.members[name], role: 'manager' } } });
  swarm.session.io.progress(`Initialising the swarm on ${name}`);
  await openMemberPorts(swarm, [name], settings.dataPathPort);
  const { cluster, nodeId } = await namingAddresses(swarm.session, machine, () =>
    initSwarm(engine, { ...addresses, settings, availability, forceNewCluster: forceNewCluster === true }),
  );
  if (cluster === undefined || nodeId === undefined)
    throw new TsmachineError('ENGINE_API', `The engine of "${name}" initialised a swarm and gave no id for it`);
  await swarm.keep({ cluster });
  await swarm.keepMember(name, { ...swarm.record.members[name], role: 'manager', node: nodeId });
  await swarm.lookAt(name);
  await swarm.lookAtNodes();
  await keepUnlockKey(swarm);
}

/** Stores the key that unlocks the swarm's managers, if they lock themselves. */
export async function keepUnlockKey(swarm: Swarm): Promise<void> {
  const key = await unlockKey(swarm.control);
  if (key !== undefined) await swarm.session.store.swarms.keepUnlockKey(swarm.name, key);
}

/** Takes a swarm that was made by hand into the store, with every machine of the store that is a node of it. */
async function adopt(swarm: Swarm, machine: string, { settings }: Omit<InitOptions, 'name'>): Promise<void> {
  const { session } = swarm;
  const {
    membership: { state, cluster },
  } = swarm.reached(machine);
  if (cluster === undefined) {
    const why = state === 'active' ? 'is a worker of another swarm' : `is in another swarm already (${state})`;
    throw new TsmachineError('SWARM_STATE', `${machine} ${why}`, { hint: say`Free it: ${run('swarm', 'leave', '--force', machine)}` });
  }
  if (Object.keys(settings).length > 0) session.io.warn(`${machine} is in a swarm already, whose settings stay as they are`);
  await swarm.keep({ cluster });
  await swarm.look(await session.store.names());
  for (const node of swarm.nodes) {
    const name = swarm.machineOf(node);
    if (name !== undefined) await swarm.keepMember(name, { role: node.role, node: node.id });
  }
  await keepUnlockKey(swarm);
}
