import { TsmachineError } from '../../../src/base/errors.js';
import { networkOf } from '../../../src/base/network/ip-network.js';
import type { Access, DriverContext } from '../../../src/driver/contract.js';
import { isCovered } from '../../../src/driver/kit/cloud/access/here.js';
import type { Arm, SecurityGroup } from '../api.js';
import type { Config } from '../config.js';
import { partsOf } from '../naming/names.js';
import { isOfStore } from '../naming/tags.js';
import { addressHere } from './allowed.js';
import { lockOf, putRules, readSecurityGroup } from './groups.js';
import { accessRules, reaching, rulesOf, withRules } from './rules.js';

/** From where the machine may be reached, by the security group that it has. */
export async function accessOf(config: Config, ctx: DriverContext, arm: Arm): Promise<Access> {
  const [{ there, ours }, here] = await Promise.all([
    groupOf(config, ctx, arm),
    config.reachedPrivately ? undefined : addressHere(config, ctx),
  ]);
  return {
    allowed: there ? allowedBy(there, config) : [],
    ...(here === undefined ? {} : { here }),
    ...(ours ? {} : { fixed: fixed(there, config) }),
  };
}

/**
 * Lets networks reach SSH and the engine, in the group of ours that the machine has.
 * @param networks none: this computer's address
 * @returns those that could not reach them before
 * @throws TsmachineError DRIVER_UNSUPPORTED when the machine has no group of ours; DOWNLOAD when this computer's address is not known
 */
export async function allow(config: Config, ctx: DriverContext, arm: Arm, networks: readonly string[]): Promise<readonly string[]> {
  const wanted =
    networks.length > 0
      ? networks.map((word) => networkOf(word) ?? word)
      : config.reachedPrivately
        ? []
        : [networkOf(await addressHere(config, ctx)) ?? ''];
  return ctx.lock(lockOf(config.own.groupId), async () => {
    const { there, ours } = await groupOf(config, ctx, arm);
    const named = partsOf(config.own.groupId);
    if (!ours || !named) throw new TsmachineError('DRIVER_UNSUPPORTED', fixed(there, config));
    const more = wanted.filter((network) => !isCovered(network, allowedBy(ours, config)));
    const rules = withRules(rulesOf(ours), accessRules([config.sshPort, config.dockerPort], more));
    if (rules) await putRules(arm, { ...named, location: ours.location ?? config.location, tags: ours.tags ?? {} }, rules);
    return more;
  });
}

interface Found {
  readonly there: SecurityGroup | undefined;
  /** The same, if this store made it and may change it. */
  readonly ours: SecurityGroup | undefined;
}

async function groupOf({ own }: Config, ctx: DriverContext, arm: Arm): Promise<Found> {
  const named = partsOf(own.groupId);
  const [{ store }, there] = await Promise.all([ctx.owner(), named && readSecurityGroup(arm, named)]);
  return { there, ours: there && isOfStore(there, store) ? there : undefined };
}

/** Networks that reach both, whoever let them in. */
function allowedBy(group: SecurityGroup, { sshPort, dockerPort }: Config): string[] {
  const engine = reaching(dockerPort, rulesOf(group));
  return reaching(sshPort, rulesOf(group)).filter((source) => isCovered(source, engine));
}

function fixed(group: SecurityGroup | undefined, { sshPort, dockerPort }: Config): string {
  const what = group ? `The security group ${group.name ?? ''}` : 'The security group of the machine';
  return `${what} is not changed: tsmachine did not make it. Open the ports ${sshPort} and ${dockerPort} there yourself`;
}
