import { TsmachineError } from '../../../src/base/errors.js';
import { networkOf } from '../../../src/base/network/ip-network.js';
import type { Access, DriverContext } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';
import { isCovered } from '../../../src/driver/kit/cloud/access/here.js';
import { addressHere } from './allowed.js';
import { authorize } from './authorize.js';
import { groupsWith, isOurs, networksOf } from './find.js';
import { accessRules, engineRulePort, missing, rulesOf, sourcesOf, type Group, type GroupRule } from './rules.js';

/**
 * Refuses in precheck what `ensureGroups` would refuse of a group that it makes, because this computer's address is not known.
 * @throws TsmachineError naming the flag
 */
export async function checkAccess(config: Config, ctx: DriverContext): Promise<void> {
  const { own, reachedPrivately } = config;
  if (own.allowedCidrs.length === 0 && !reachedPrivately) await addressHere(config, ctx);
}

/** From where the machine may be reached, by the groups that it has. */
export async function accessOf(config: Config, ctx: DriverContext, ec2: Ec2): Promise<Access> {
  const [{ groups, ours }, here] = await Promise.all([
    groupsOf(config, ctx, ec2),
    config.reachedPrivately ? undefined : addressHere(config, ctx),
  ]);
  return {
    allowed: allowedBy(groups.flatMap(rulesOf), config.sshPort),
    ...(here === undefined ? {} : { here }),
    ...(ours ? {} : { fixed: fixed(groups, config) }),
  };
}

/**
 * Lets networks reach SSH and the engine, in the group of ours that the machine has.
 * @param networks none: this computer's address; for a machine that is reached by its private address, its VPC
 * @returns those that could not reach them before
 * @throws TsmachineError DRIVER_UNSUPPORTED when the machine has no group of ours; DOWNLOAD when this computer's address is not known
 */
export async function allow(config: Config, ctx: DriverContext, ec2: Ec2, networks: readonly string[]): Promise<readonly string[]> {
  const { groups, ours } = await groupsOf(config, ctx, ec2);
  if (!ours?.GroupId) throw new TsmachineError('DRIVER_UNSUPPORTED', fixed(groups, config));
  const wanted = networks.length > 0 ? networks.map((word) => networkOf(word) ?? word) : await fallback(config, ctx, ec2, ours);
  const allowed = allowedBy(groups.flatMap(rulesOf), config.sshPort);
  const more = wanted.filter((network) => !isCovered(network, allowed));
  await authorize(ec2, ctx, { id: ours.GroupId }, missing(accessRules(config.sshPort, more), rulesOf(ours)));
  return more;
}

async function fallback(config: Config, ctx: DriverContext, ec2: Ec2, { VpcId: vpc = '' }: Group): Promise<readonly string[]> {
  return config.reachedPrivately ? networksOf(ec2, vpc) : [networkOf(await addressHere(config, ctx)) ?? ''];
}

interface MachineGroups {
  readonly groups: readonly Group[];
  /** The first that this store made and may change. */
  readonly ours: Group | undefined;
}

async function groupsOf({ securityGroupIds, securityGroupReadOnly }: Config, ctx: DriverContext, ec2: Ec2): Promise<MachineGroups> {
  const [{ store }, groups] = await Promise.all([ctx.owner(), groupsWith(ec2, securityGroupIds)]);
  return { groups, ours: securityGroupReadOnly ? undefined : groups.find((group) => isOurs(group, store)) };
}

/** Networks that reach both, whoever let them in. Groups and prefix lists are no networks. */
function allowedBy(rules: readonly GroupRule[], sshPort: number): string[] {
  const engine = sourcesOf(engineRulePort, rules).filter((source) => networkOf(source) !== undefined);
  return [...new Set(sourcesOf(sshPort, rules))].filter((source) => isCovered(source, engine));
}

function fixed(groups: readonly Group[], { securityGroupReadOnly, sshPort }: Config): string {
  const names = groups.map(({ GroupId: id = '', GroupName: name = '' }) => `${name} (${id})`).join(', ');
  const why = securityGroupReadOnly ? 'with --amazonec2-security-group-readonly none is changed' : 'tsmachine did not make it';
  const group = `The security group ${names || 'of the machine'}`;
  return `${group} is not changed: ${why}. Open the ports ${sshPort} and ${engineRulePort} there yourself`;
}
