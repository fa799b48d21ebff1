import { TsmachineError } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';
import { codeOf } from '../errors.js';
import { isEverybody } from '../../../src/driver/kit/cloud/access/here.js';
import { allowedNetworks } from './allowed.js';
import { authorize, settling } from './authorize.js';
import { groupsIn, isGroupId, isOurs, networksOf, sharedGroupName, tagsOf } from './find.js';
import { engineRulePort, machineRules, missing, rulesOf, sourcesOf, type Group, type GroupRule } from './rules.js';

/** What the ledger and people call it. */
export const groupKind = 'EC2 security group';

/** What the ledger has of a group. */
export interface GroupRequest {
  readonly name: string;
  readonly vpc: string;
}

/** A group that is wanted by name or id, and what there is of it. */
interface Wanted {
  readonly word: string;
  readonly group: Group | undefined;
}

/**
 * The security groups of a new machine in this network. A group of ours is made where it is missing, in the ledger of the store, and has
 * the rules of this machine when this returns; a group of the user's is only looked at. To be called before RunInstances, and again when
 * that says InvalidGroup.NotFound.
 * @throws TsmachineError FLAG_INVALID when a group that was named cannot be used; DOWNLOAD when this computer's address is not known
 */
export async function ensureGroups(config: Config, ctx: DriverContext, ec2: Ec2, vpcId: string): Promise<string[]> {
  const { store } = await ctx.owner();
  const words = config.securityGroupNames.length > 0 ? config.securityGroupNames : [sharedGroupName(store)];
  const wanted = await usable(words, config, ec2, vpcId);
  const ours = wanted.filter(({ group }) => !group || isOurs(group, store));
  const rules = ours.length === 0 || config.securityGroupReadOnly ? [] : await rulesFor(config, ctx, () => networksOf(ec2, vpcId));
  if (ours.length === 0) warnOfClosed(wanted, config, ctx);
  const ids: string[] = [];
  for (const one of wanted) {
    const { group } = one;
    if (group?.GroupId !== undefined && !isOurs(group, store)) ids.push(group.GroupId);
    else ids.push(await ensureOurs(one, { rules, vpcId, store, region: config.region }, ctx, ec2));
  }
  return ids;
}

/**
 * Whether a group that was named is to be made. Refuses in precheck what `ensureGroups` would refuse: changes nothing.
 * @throws TsmachineError FLAG_INVALID when a group that was named cannot be used
 */
export async function isGroupMissing(config: Config, ec2: Ec2, vpcId: string): Promise<boolean> {
  return (await usable(config.securityGroupNames, config, ec2, vpcId)).some(({ group }) => group === undefined);
}

/** What there is of these groups. @throws TsmachineError FLAG_INVALID */
async function usable(words: readonly string[], config: Config, ec2: Ec2, vpcId: string): Promise<Wanted[]> {
  const all = [...new Set(words)];
  const there = await groupsIn(ec2, vpcId, all);
  const wanted = all.map((word): Wanted => ({
    word,
    group: there.find(({ GroupId: id, GroupName: name }) => word === id || word === name),
  }));
  refuseGroups(wanted, config, vpcId);
  return wanted;
}

async function rulesFor(config: Config, ctx: DriverContext, inside: () => Promise<readonly string[]>): Promise<GroupRule[]> {
  const allowed = await allowedNetworks(config, ctx, inside);
  if (allowed.some(isEverybody)) {
    const what = `SSH and the engine of ${config.machineName} can be reached by everybody`;
    ctx.io.warn(`${what}; --amazonec2-allowed-cidr says from where they may be reached`);
  }
  return machineRules(config, allowed);
}

function refuseGroups(wanted: readonly Wanted[], { securityGroupReadOnly }: Config, vpcId: string): void {
  for (const { word, group } of wanted) {
    if (group && group.VpcId !== vpcId) throw refused(`The security group ${word} is of ${group.VpcId ?? 'no network'}, not of ${vpcId}`);
    if (group) continue;
    if (isGroupId(word)) throw refused(`There is no security group ${word}`);
    if (securityGroupReadOnly) {
      const only = 'with --amazonec2-security-group-readonly it would have no rules, so nobody would reach the machine';
      throw refused(`There is no security group ${word} in ${vpcId}, and ${only}`);
    }
  }
}

function refused(text: string): TsmachineError {
  return new TsmachineError('FLAG_INVALID', text, { hint: 'Name a group of that network with --amazonec2-security-group' });
}

/** The user's groups are as the user wants them, but a machine that nobody can reach is surely not meant. */
function warnOfClosed(wanted: readonly Wanted[], { sshPort }: Config, { io }: DriverContext): void {
  const rules = wanted.flatMap(({ group }) => (group ? rulesOf(group) : []));
  const closed = [sshPort, engineRulePort].filter((port) => sourcesOf(port, rules).length === 0);
  if (closed.length === 0) return;
  const names = wanted.map(({ word }) => word).join(', ');
  io.warn(`The security group ${names} is not changed because tsmachine did not make it; it lets nobody reach port ${closed.join(' or ')}`);
}

interface Ours {
  readonly rules: readonly GroupRule[];
  readonly vpcId: string;
  readonly store: string;
  readonly region: string;
}

async function ensureOurs({ word, group }: Wanted, { rules, vpcId, store, region }: Ours, ctx: DriverContext, ec2: Ec2): Promise<string> {
  const made = { isNew: false };
  const key = ['group', region, vpcId, ...(word === sharedGroupName(store) ? [] : [word])].join('-');
  const id = await ctx.resource<GroupRequest>(
    key,
    { kind: groupKind, scope: 'store', request: { name: word, vpc: vpcId } },
    {
      find: () => Promise.resolve(group?.GroupId),
      make: async (request) => {
        if (group?.GroupId !== undefined) return group.GroupId; // the ledger was lost
        made.isNew = true;
        return makeGroup(request, store, ctx, ec2);
      },
    },
  );
  await authorize(ec2, ctx, { id, ...made }, missing(rules, group && !made.isNew ? rulesOf(group) : []));
  return id;
}

/** EC2 knows no token here. A name is taken once in a network, so a call whose answer was lost, or that others made, shows by the name. */
async function makeGroup({ name, vpc }: GroupRequest, store: string, ctx: DriverContext, ec2: Ec2): Promise<string> {
  try {
    const { GroupId: id = '' } = await ec2.call('CreateSecurityGroup', {
      GroupName: name,
      Description: `tsmachine: machines of the store ${store}`,
      VpcId: vpc,
      TagSpecifications: [{ ResourceType: 'security-group', Tags: tagsOf(name, store) }],
    });
    return id;
  } catch (error) {
    if (codeOf(error) !== 'InvalidGroup.Duplicate') throw error;
  }
  const wait = { timeout: settling, maxInterval: 3000, signal: ctx.signal, what: `EC2 to show the security group ${name} that it has` };
  const group = await waitFor(async () => (await groupsIn(ec2, vpc, [name]))[0], wait);
  if (isOurs(group, store)) return group.GroupId ?? '';
  throw new TsmachineError('DRIVER_FAILED', `Somebody else made a security group ${name} in ${vpc} at the same time`, {
    hint: 'Run the same command again: that group is used as it is',
  });
}
