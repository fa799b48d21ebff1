import { TsmachineError } from '../../../src/base/errors.js';
import { networkOf as cidrOf } from '../../../src/base/network/ip-network.js';
import type { Access, DriverContext } from '../../../src/driver/contract.js';
import { isCovered } from '../../../src/driver/kit/cloud/access/here.js';
import type { Waiting } from '../call/operations.js';
import type { Firewall } from '../call/resources.js';
import type { Config } from '../config.js';
import { storeTag } from '../labels.js';
import { bring, firewallKind, isFor, listRules, type FirewallRequest } from './firewall.js';
import { addressHere } from './here.js';
import { accessRules, engineRulePort } from './rules.js';
import { pathOf, whereOf, type Where } from './where.js';

/**
 * Refuses in precheck what `ensureRules` would refuse, because this computer's address is not known.
 * @throws TsmachineError naming the flag
 */
export async function checkAccess(config: Config, ctx: DriverContext): Promise<void> {
  const { own, reachedPrivately } = config;
  if (own.allowedCidrs.length === 0 && !reachedPrivately && !own.firewallReadonly) await addressHere(config, ctx);
}

/** From where the machine may be reached, by the rules of its network that are for it. */
export async function accessOf(config: Config, ctx: DriverContext, waiting: Waiting): Promise<Access> {
  const [{ rules, ours }, here] = await Promise.all([
    rulesFor(config, ctx, waiting),
    config.reachedPrivately ? undefined : addressHere(config, ctx),
  ]);
  return {
    allowed: allowedBy(rules, config.sshPort),
    ...(here === undefined ? {} : { here }),
    ...(ours ? {} : { fixed: fixed(config) }),
  };
}

/**
 * Lets networks reach SSH and the engine, in the rules of this store's.
 * @param networks none: this computer's address; for a machine that is reached by its internal address, its subnetwork
 * @returns those that could not reach them before
 * @throws TsmachineError DRIVER_UNSUPPORTED when no rule of ours is for the machine; DOWNLOAD when this computer's address is not known
 */
export async function allow(config: Config, ctx: DriverContext, waiting: Waiting, networks: readonly string[]): Promise<readonly string[]> {
  const { rules, ours } = await rulesFor(config, ctx, waiting);
  if (!ours) throw new TsmachineError('DRIVER_UNSUPPORTED', fixed(config));
  const wanted = networks.length > 0 ? networks.map((word) => cidrOf(word) ?? word) : await otherwise(config, ctx, waiting);
  const allowed = allowedBy(rules, config.sshPort);
  const more = wanted.filter((network) => !isCovered(network, allowed));
  const { store } = await ctx.owner();
  await bring(accessRules(config, { store, network: ours.network }, more), rules, { project: ours.project, store }, waiting);
  return more;
}

async function otherwise(config: Config, ctx: DriverContext, { gce }: Waiting): Promise<readonly string[]> {
  if (config.reachedPrivately) return (await whereOf(config, gce)).inside;
  return [cidrOf(await addressHere(config, ctx)) ?? ''];
}

interface MachineRules {
  readonly rules: readonly Firewall[];
  /** Where this store has rules that are for the machine. */
  readonly ours: FirewallRequest | undefined;
}

async function rulesFor(config: Config, ctx: DriverContext, { gce }: Waiting): Promise<MachineRules> {
  const [{ store }, ours] = await Promise.all([ctx.owner(), requestOf(ctx)]);
  const where: Pick<Where, 'project' | 'network'> = ours ?? (await whereOf(config, gce));
  const tags = [...config.tags, storeTag(store), ...(ours ? [] : ['docker-machine'])];
  const all = await listRules(gce, where.project);
  const rules = all.filter((rule) => pathOf(rule.network ?? '') === where.network && isFor(rule, tags));
  return { rules, ours: config.own.firewallReadonly ? undefined : ours };
}

async function requestOf(ctx: DriverContext): Promise<FirewallRequest | undefined> {
  const entry = (await ctx.resources()).find(({ kind }) => kind === firewallKind);
  return entry?.request as FirewallRequest | undefined;
}

/** Networks that reach both, whoever let them in. Tags are no networks. */
function allowedBy(rules: readonly Firewall[], sshPort: number): string[] {
  const engine = sourcesOf(engineRulePort, rules);
  return [...new Set(sourcesOf(sshPort, rules))].filter((source) => isCovered(source, engine));
}

/** From which networks a port is reached over TCP. Pure. */
export function sourcesOf(port: number, rules: readonly Firewall[]): string[] {
  return rules.flatMap(({ allowed = [], sourceRanges = [] }) => (allowed.some((one) => letsIn(one, port)) ? [...sourceRanges] : []));
}

function letsIn({ IPProtocol: protocol = '', ports = [] }: NonNullable<Firewall['allowed']>[number], port: number): boolean {
  if (protocol === 'all') return true;
  if (protocol !== 'tcp' && protocol !== '6') return false;
  if (ports.length === 0) return true;
  return ports.some((range) => {
    const [from = '', to = from] = range.split('-');
    return Number(from) <= port && port <= Number(to);
  });
}

function fixed({ own, sshPort, network }: Config): string {
  const why = own.firewallReadonly ? 'with --google-firewall-readonly none is changed' : 'tsmachine did not make those that are for it';
  const what = `The firewall rules of the network ${network} are not changed: ${why}`;
  return `${what}. Open the ports ${sshPort} and ${engineRulePort} there yourself`;
}
