import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { isEverybody } from '../../../src/driver/kit/cloud/access/here.js';
import type { Arm, SecurityGroup, SecurityRule } from '../api.js';
import type { Config } from '../config.js';
import { isNotFound } from '../errors.js';
import { ensureNamed } from '../life/named.js';
import { idOf, kinds, partsOf, storeThing, types, type Named } from '../naming/names.js';
import { isOfStore, storeTags } from '../naming/tags.js';
import { allowedNetworks } from './allowed.js';
import { accessRules, openRules, reaching, rulesOf, withRules, type Rule } from './rules.js';

export interface SecurityGroupRequest {
  readonly group: string;
  readonly name: string;
  readonly location: string;
}

/** Which security group a machine is to have. @param group its resource group */
export function namedGroup({ securityGroup, location, subscription }: Config, group: string, store: string): Named {
  const byId = securityGroup.startsWith('/') ? partsOf(securityGroup) : undefined;
  return byId ?? { subscription, group, type: types.securityGroup, name: securityGroup || storeThing(store, location) };
}

/** Undefined when there is none. */
export async function readSecurityGroup(arm: Arm, { group, name }: Pick<Named, 'group' | 'name'>): Promise<SecurityGroup | undefined> {
  try {
    return await arm.call('Microsoft.Network/networkSecurityGroups/read', ({ network }) => network.networkSecurityGroups.get(group, name));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Refuses what cannot be used. @throws TsmachineError FLAG_INVALID */
export function refuseSecurityGroup(config: Config, there: SecurityGroup | undefined): void {
  const { securityGroup, location } = config;
  if (!there && securityGroup.startsWith('/')) throw refused(`There is no security group ${securityGroup} (--azure-nsg)`);
  if (there?.location !== undefined && there.location.replaceAll(' ', '').toLowerCase() !== location)
    throw refused(`The security group ${there.name ?? ''} is in ${there.location}, and the machine is to be in ${location}`);
}

function refused(text: string): TsmachineError {
  return new TsmachineError('FLAG_INVALID', text, { hint: 'Name a group of that location with --azure-nsg' });
}

export interface Grouping {
  readonly config: Config;
  readonly ctx: DriverContext;
  readonly arm: Arm;
  /** The resource group, which exists. */
  readonly group: string;
}

/**
 * The security group of a new machine. One of ours is made where it is missing, in the ledger of the store, and has the rules of this
 * machine when this returns; one of the user's is only looked at.
 * @returns its id @throws TsmachineError FLAG_INVALID, DOWNLOAD when this computer's address is not known
 */
export async function ensureSecurityGroup({ config, ctx, arm, group }: Grouping): Promise<string> {
  const { store } = await ctx.owner();
  const named = namedGroup(config, group, store);
  return ctx.lock(lockOf(idOf(named)), async () => {
    const there = await readSecurityGroup(arm, named);
    refuseSecurityGroup(config, there);
    if (there && !isOfStore(there, store)) {
      warnOfClosed(there, config, ctx);
      return there.id ?? idOf(named);
    }
    const rules = await rulesFor(config, ctx);
    const id = await ensureNamed<SecurityGroupRequest>(
      {
        key: `group-${named.group}-${named.name}`,
        kind: kinds.securityGroup,
        scope: 'store',
        request: { group: named.group, name: named.name, location: config.location },
        right: 'Microsoft.Network/networkSecurityGroups/write',
        find: () => Promise.resolve(there?.id),
        // with the tags that it has: the ledger may have been lost
        put: (request, note) => putRules(arm, { ...request, tags: storeTags({ store }) }, withRules([], rules) ?? [], note),
      },
      ctx,
      arm,
    );
    const all = there && withRules(rulesOf(there), rules);
    if (all) await putRules(arm, { ...named, location: there.location ?? config.location, tags: there.tags ?? {} }, all);
    return id;
  });
}

/** Runs of this computer change a group one after the other. */
export const lockOf = (id: string) => `azure-${(partsOf(id)?.name ?? id).toLowerCase()}`;

/** Adds what is missing to a group of ours. The caller holds its lock. */
export async function addRules(arm: Arm, named: Pick<Named, 'group' | 'name'>, rules: readonly Rule[]): Promise<void> {
  const now = await readSecurityGroup(arm, named);
  if (!now) throw new TsmachineError('DRIVER_FAILED', `The security group ${named.name} is gone`, { hint: 'Run the same command again' });
  const all = withRules(rulesOf(now), rules);
  if (all) await putRules(arm, { ...named, location: now.location ?? '', tags: now.tags ?? {} }, all);
}

interface Written {
  readonly group: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Says how a group of ours is to be. @returns its id */
export async function putRules(
  arm: Arm,
  { group, name, location, tags }: Written,
  rules: readonly SecurityRule[],
  note?: (operation: string) => Promise<void>,
): Promise<string> {
  const { id = '' } = await arm.call(
    'Microsoft.Network/networkSecurityGroups/write',
    ({ network }) =>
      network.networkSecurityGroups.beginCreateOrUpdateAndWait(group, name, { location, tags: { ...tags }, securityRules: [...rules] }),
    note,
  );
  return id;
}

async function rulesFor(config: Config, ctx: DriverContext): Promise<Rule[]> {
  const allowed = await allowedNetworks(config, ctx);
  if (allowed.some(isEverybody)) {
    const what = `SSH and the engine of ${config.machineName} can be reached by everybody`;
    ctx.io.warn(`${what}; --azure-allowed-cidr says from where they may be reached`);
  }
  return [...accessRules([config.sshPort, config.dockerPort], allowed), ...openRules(config.openPorts)];
}

/** The user's groups are as the user wants them, but a machine that nobody can reach is surely not meant. */
function warnOfClosed(group: SecurityGroup, { sshPort, dockerPort, reachedPrivately }: Config, { io }: DriverContext): void {
  if (reachedPrivately) return; // its network is let in without a rule
  const closed = [sshPort, dockerPort].filter((port) => reaching(port, rulesOf(group)).length === 0);
  if (closed.length === 0) return;
  const why = 'is not changed because tsmachine did not make it';
  io.warn(`The security group ${group.name ?? ''} ${why}; it lets nobody reach port ${closed.join(' or ')}`);
}
