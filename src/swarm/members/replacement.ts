import { sep } from 'node:path';

import type { Replacement } from '../../store/swarms.js';
import { checkDeparture, nodesAsSeen } from './leave/departure.js';
import { TsmachineError } from '../../base/errors.js';
import type { Machine } from '../../machine/machine.js';
import { validateName } from '../../machine/choose/names.js';
import { installOf } from '../../machine/provision.js';
import type { Session } from '../../machine/session.js';
import type { Swarm } from '../reach/swarm.js';

/**
 * What a machine is replaced by: the exchange that was begun, else one made from what is known of the machine and of its node.
 * @param as name of the new machine, which is then made before the old one goes
 * @throws TsmachineError SWARM_QUORUM when the old one cannot go first, SWARM_STATE when nobody knows how it was made, MACHINE_EXISTS
 */
export async function replacementFor(swarm: Swarm, name: string, as: string | undefined): Promise<Replacement> {
  const begun = swarm.record.replacing?.[name];
  if (begun) {
    if (as === undefined || as === begun.by) return begun;
    throw new TsmachineError('MACHINE_DIFFERS', `${name} is being replaced by ${begun.by} already`, {
      hint: `Finish that first: tsmachine swarm replace ${name}`,
    });
  }
  const { machine } = swarm.members.get(name) ?? {};
  if (!machine) throw unknownOrigin(name, swarm.members.get(name)?.error);
  await checkNames(swarm, machine, as);
  checkQuorum(swarm, name, as);
  const {
    session: { store },
    record,
  } = swarm;
  const { flags, ...facts } = await store.readFacts(name);
  if (flags === undefined) throw unknownOrigin(name);
  const {
    config: { DriverName: driver, HostOptions: options },
  } = machine;
  const node = swarm.nodeOf(name) ?? record.rejoining?.[name];
  const { role = 'worker', group } = record.members[name] ?? {};
  return {
    by: as ?? name,
    gone: false,
    role: node?.role ?? role,
    ...(group === undefined ? {} : { group }),
    availability: node?.availability ?? 'active',
    labels: node?.labels ?? {},
    driver,
    flags,
    engine: options.EngineOptions,
    swarm: options.SwarmOptions,
    tlsSans: options.AuthOptions.ServerCertSANs,
    tls: ownAuthority(swarm.session, machine),
    install: installOf(facts),
  };
}

/** The certificates it was made with; those in its own folder, of an import, go with it. */
function ownAuthority(
  { store }: Session,
  {
    name,
    config: {
      HostOptions: { AuthOptions: auth },
    },
  }: Machine,
): Replacement['tls'] {
  const files = { caCert: auth.CaCertPath, caKey: auth.CaPrivateKeyPath, clientCert: auth.ClientCertPath, clientKey: auth.ClientKeyPath };
  return Object.fromEntries(Object.entries(files).filter(([, file]) => !file.startsWith(store.machine(name).dir + sep)));
}

async function checkNames({ session: { store } }: Swarm, { name, module, config }: Machine, as: string | undefined): Promise<void> {
  if (as === undefined || as === name) return;
  validateName(as);
  if (!module.features.ownsHost) {
    throw new TsmachineError(
      'SWARM_STATE',
      `The host of ${name} was not made by tsmachine (driver ${config.DriverName}): there is no second one like it`,
      {
        hint: `Make a machine of another host and join it (tsmachine swarm join), then tsmachine rm ${name}`,
      },
    );
  }
  if (!(await store.exists(as))) return;
  throw new TsmachineError('MACHINE_EXISTS', `Docker machine "${as}" already exists`, {
    hint: `Join it, and remove ${name} afterwards: tsmachine swarm join ${as}`,
  });
}

/** With a name of its own the new machine joins before the old one goes, which nothing stands against. */
function checkQuorum(swarm: Swarm, name: string, as: string | undefined): void {
  const nodes = nodesAsSeen(swarm);
  const node = nodes.find(({ id }) => id === swarm.nodeOf(name)?.id);
  if (!node || (as !== undefined && as !== name)) return;
  const before = { hint: `Have the new machine join first, under a name of its own: tsmachine swarm replace --as NAME ${name}` };
  let way;
  try {
    way = checkDeparture(swarm.name, name, node, nodes);
  } catch (cause) {
    const { code, message } = TsmachineError.from(cause);
    throw new TsmachineError(code, message, { cause, ...before });
  }
  if (way === 'last')
    throw new TsmachineError('SWARM_QUORUM', `${name} is all there is of swarm "${swarm.name}", which would end with it`, before);
}

function unknownOrigin(name: string, cause?: TsmachineError): TsmachineError {
  const why = cause ? cause.message : 'there is no note of the flags it was made with';
  return new TsmachineError('SWARM_STATE', `How ${name} was made is not known, so that no machine can be made like it: ${why}`, {
    cause,
    hint: `Make another one (tsmachine create), join it (tsmachine swarm join), then: tsmachine rm ${name}`,
  });
}
