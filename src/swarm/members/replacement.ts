import { sep } from 'node:path';

import type { Replacement } from '../../store/swarms.js';
import { checkDeparture, nodesAsSeen } from './leave/departure.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Machine } from '../../machine/machine.js';
import { validateName } from '../../machine/choose/names.js';
import { installOf } from '../../machine/provision.js';
import type { Session } from '../../machine/session.js';
import type { Swarm } from '../reach/swarm.js';

/**
 * What a machine is replaced by: the replacement that was begun, else one like the machine and its node as they are known.
 * @param as name of the new machine, which is then made before the old one goes
 * @throws TsmachineError SWARM_QUORUM when the old one cannot go first, SWARM_STATE when it is not known how it was created, MACHINE_EXISTS
 */
export async function replacementFor(swarm: Swarm, name: string, as: string | undefined): Promise<Replacement> {
  const begun = swarm.record.replacing?.[name];
  if (begun) {
    if (as === undefined || as === begun.by) return begun;
    throw new TsmachineError('MACHINE_DIFFERS', `${name} is being replaced by ${begun.by} already`, {
      hint: say`Finish that first: ${run('swarm', 'replace', name)}`,
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

/** The certificates it was created with; those in its own folder, of an import, are removed with it. */
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
  validateName(as ?? name);
  if (as === undefined || as === name) return;
  if (!module.features.ownsHost) {
    throw new TsmachineError(
      'SWARM_STATE',
      `The host of ${name} was not created by its driver (${config.DriverName}), so it cannot create another like it`,
      {
        hint: say`Create a machine for another host, join it (${run('swarm', 'join', 'MACHINE')}), then: ${run('rm', name)}`,
      },
    );
  }
  if (!(await store.exists(as))) return;
  throw new TsmachineError('MACHINE_EXISTS', `Docker machine "${as}" already exists`, {
    hint: say`Join it, and remove ${name} afterwards: ${run('swarm', 'join', as)}`,
  });
}

/** Under another name the new machine joins before the old one leaves, and the quorum is kept. */
function checkQuorum(swarm: Swarm, name: string, as: string | undefined): void {
  const nodes = nodesAsSeen(swarm);
  const node = nodes.find(({ id }) => id === swarm.nodeOf(name)?.id);
  if (!node || (as !== undefined && as !== name)) return;
  const before = { hint: say`Let the new machine join first, under another name: ${run('swarm', 'replace', '--as', 'NAME', name)}` };
  let leaves;
  try {
    leaves = checkDeparture(swarm.name, name, node, nodes);
  } catch (cause) {
    const { code, message } = TsmachineError.from(cause);
    throw new TsmachineError(code, message, { cause, ...before });
  }
  if (leaves === 'last')
    throw new TsmachineError('SWARM_QUORUM', `${name} is the only node of swarm "${swarm.name}", which would end with it`, before);
}

function unknownOrigin(name: string, cause?: TsmachineError): TsmachineError {
  const why = cause ? cause.text : 'the flags it was created with were not recorded';
  return new TsmachineError('SWARM_STATE', say`It is not known how ${name} was created, so no machine can be created like it: ${why}`, {
    cause,
    hint: say`Create another one (${run('create', 'NAME')}), join it (${run('swarm', 'join', 'NAME')}), then: ${run('rm', name)}`,
  });
}
