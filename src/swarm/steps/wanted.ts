import { loadDriverModule } from '../../machine/access/driver-registry.js';
import { flagValues, pathsFrom } from '../../base/flags.js';
import type { HostConfig } from '../../store/config/schema.js';
import type { MemberDeclaration } from '../model/declaration.js';
import type { Placed } from '../model/networks.js';
import { planMachine, type CreateRequest } from '../../machine/create.js';
import { placeOf } from '../../machine/machine.js';
import type { Session } from '../../machine/session.js';

/** What all machines of a declaration have in common. */
export interface MachineSettings {
  /** The folder that relative file names start from. */
  readonly base: string;
  /** The command that repeats the whole run, for the journal of each machine; without secrets. */
  readonly command?: readonly string[];
  /** Own authority instead of the store's, as absolute paths. */
  readonly tls?: CreateRequest['tls'];
}

/** A machine as it is to be created. */
export interface Wanted {
  readonly member: MemberDeclaration;
  readonly request: CreateRequest;
  /** As config.json would have it. */
  readonly config: HostConfig;
  /** Where it will be, as far as the flags say. */
  readonly placed: Placed;
}

/**
 * Every member as a machine to be created, by name. Changes nothing: wrong names, drivers and flags are refused here.
 * @throws TsmachineError NAME_INVALID, DRIVER_UNKNOWN, FLAG_INVALID, FLAG_MISSING
 */
export async function wantedMachines(
  session: Session,
  members: readonly MemberDeclaration[],
  settings: MachineSettings,
): Promise<ReadonlyMap<string, Wanted>> {
  const wanted = new Map<string, Wanted>();
  for (const member of members) {
    const request = await toRequest(session, member, settings);
    const config = await planMachine(session, request);
    const { driver } = await session.drivers.open(member.driver);
    const place = placeOf(member.driver, driver, config.Driver);
    wanted.set(member.machine, {
      member,
      request,
      config,
      placed: { machine: member.machine, place, hasNetwork: driver.place !== undefined },
    });
  }
  return wanted;
}

async function toRequest(session: Session, member: MemberDeclaration, { base, command, tls }: MachineSettings): Promise<CreateRequest> {
  const { machine, driver, engine, install, tlsSans } = member;
  const { flags: specs } = await loadDriverModule(driver, session);
  const given = pathsFrom(base, specs, member.flags);
  return {
    name: machine,
    driverName: driver,
    flags: { ...flagValues(specs, given, session.env), ...given },
    engine: { ...engine, TlsVerify: true },
    install,
    tlsSans,
    ...(command ? { command } : {}),
    ...(tls ? { tls } : {}),
  };
}
