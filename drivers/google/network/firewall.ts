import { randomUUID } from 'node:crypto';

import { networkOf as cidrOf } from '../../../src/base/network/ip-network.js';
import type { DriverContext, LedgerEntry } from '../../../src/driver/contract.js';
import { isEverybody } from '../../../src/driver/kit/cloud/access/here.js';
import { together } from '../../../src/driver/kit/cloud/call/together.js';
import type { Gce } from '../api.js';
import { carriedOut, ended, type Waiting } from '../call/operations.js';
import { isNotFound, isTaken } from '../call/refused.js';
import type { Firewall } from '../call/resources.js';
import type { Config } from '../config.js';
import { ownerFrom } from '../labels.js';
import { addressHere } from './here.js';
import { engineRulePort, isEnough, machineRules, merged, prefixOf, same, usualNames, type Rule } from './rules.js';
import { pathOf, type Where } from './where.js';

export const firewallKind = 'GCE firewall rules';

/** The rules of a store in one network: one entry of the ledger for all of them. */
export interface FirewallRequest {
  /** The project that has the network. */
  readonly project: string;
  /** `projects/P/global/networks/N` */
  readonly network: string;
}

/**
 * Lets in what the machine needs: rules of this store's in its network, for its tag. Other rules are never changed. One call when all is
 * there already.
 * @throws TsmachineError
 */
export async function ensureRules(config: Config, ctx: DriverContext, where: Where, waiting: Waiting): Promise<void> {
  if (config.own.firewallReadonly) return tellOfClosed(config, ctx);
  const { store } = await ctx.owner();
  const { project, network } = where;
  const wanted = machineRules(config, { store, network }, await allowedNetworks(config, ctx, where));
  if (wanted.some(({ sourceRanges = [], name }) => /-a\d$/.test(name) && sourceRanges.some(isEverybody))) warnOfEverybody(config, ctx);
  const id = prefixOf({ store, network });
  const there = await rulesIn(waiting.gce, project, wanted);
  await ctx.resource<FirewallRequest>(
    `firewall-${id.slice(-5)}`,
    { kind: firewallKind, scope: 'store', request: { project, network } },
    {
      // the ledger counts who uses them; whether each is there is seen to below
      find: () => Promise.resolve(id),
      make: () => Promise.resolve(id),
    },
  );
  await bring(wanted, there, { project, store }, waiting);
}

function tellOfClosed({ machineName, sshPort }: Config, { io }: DriverContext): void {
  const ports = `the ports ${sshPort} and ${engineRulePort} must be open to ${machineName}`;
  io.info(`No firewall rule is made (--google-firewall-readonly): ${ports}`);
}

function warnOfEverybody({ machineName }: Config, { io }: DriverContext): void {
  io.warn(`SSH and the engine of ${machineName} can be reached by everybody; --google-allowed-cidr says from where they may be reached`);
}

/** From where SSH and the engine may be reached: what the user said, else this computer's public address. @throws DOWNLOAD, FLAG_INVALID */
async function allowedNetworks(config: Config, ctx: DriverContext, { inside }: Where): Promise<readonly string[]> {
  if (config.own.allowedCidrs.length > 0) return config.own.allowedCidrs;
  return config.reachedPrivately ? inside : [cidrOf(await addressHere(config, ctx)) ?? ''];
}

/** Those of these rules that are there. One call. */
async function rulesIn(gce: Gce, project: string, wanted: readonly Rule[]): Promise<readonly Firewall[]> {
  if (wanted.length === 0) return [];
  return listRules(gce, project, wanted.map(({ name }) => `(name = "${name}")`).join(' OR '));
}

/** Every page of a project's rules that the filter lets through. */
export async function listRules(gce: Gce, project: string, filter?: string): Promise<readonly Firewall[]> {
  const found: Firewall[] = [];
  for (let pageToken: string | undefined, isFirst = true; isFirst || pageToken !== undefined; isFirst = false) {
    const page = await gce.call('firewalls.list', {
      project,
      ...(filter === undefined ? {} : { filter }),
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    found.push(...(page.items ?? []));
    pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
  }
  return found;
}

export interface Owned {
  readonly project: string;
  readonly store: string;
}

/** Makes the rules that are missing, and widens those that let in too little. */
export async function bring(wanted: readonly Rule[], there: readonly Firewall[], of: Owned, waiting: Waiting): Promise<void> {
  const byName = new Map(there.map((rule) => [rule.name, rule]));
  await together(wanted.map((rule) => bringOne(rule, byName.get(rule.name), of, waiting)));
}

async function bringOne(wanted: Rule, there: Firewall | undefined, of: Owned, waiting: Waiting): Promise<void> {
  if (there) return widen(wanted, there, of, waiting);
  const { gce } = waiting;
  const { project } = of;
  try {
    const operation = await gce.call('firewalls.insert', {
      project,
      firewallResource: { ...wanted, direction: 'INGRESS' },
      requestId: randomUUID(),
    });
    await ended({ operation, project, action: 'firewalls.insert' }, waiting);
  } catch (error) {
    if (!isTaken(error)) throw error;
    // another machine of the store made it meanwhile, or a list did not show it yet
    await widen(wanted, await lookAt(wanted.name, project, waiting), of, waiting);
  }
}

async function widen(wanted: Rule, there: Firewall, of: Owned, waiting: Waiting): Promise<void> {
  if (ownerFrom(there.description)?.store !== of.store || isEnough(there, wanted)) return;
  await replace(merged(there, wanted), of, waiting);
}

/** @param rule its lists take the place of those that are there; Google keeps a list that would be empty */
async function replace(rule: Rule, { project }: Owned, waiting: Waiting): Promise<void> {
  const { name, allowed, sourceRanges, sourceTags } = rule;
  const firewallResource = { name, allowed, ...(sourceRanges ? { sourceRanges } : {}), ...(sourceTags ? { sourceTags } : {}) };
  const call = () => waiting.gce.call('firewalls.patch', { project, firewall: name, firewallResource, requestId: randomUUID() });
  await carriedOut({ call, look: () => lookAt(name, project, waiting), project, action: 'firewalls.patch' }, waiting);
}

/** Brings rules to exactly what is wanted, and removes those that are not. */
export async function settle(wanted: readonly Rule[], there: readonly Firewall[], of: Owned, waiting: Waiting): Promise<void> {
  const byName = new Map(there.map((rule) => [rule.name, rule]));
  const names = new Set(wanted.map(({ name }) => name));
  await together([
    ...wanted.map(async (rule) => {
      const now = byName.get(rule.name);
      if (!now) await bringOne(rule, undefined, of, waiting);
      else if (!same(now, rule)) await replace(rule, of, waiting);
    }),
    ...there.map(async ({ name = '' }) => {
      if (!names.has(name)) await deleteRule(name, of.project, waiting);
    }),
  ]);
}

function lookAt(firewall: string, project: string, { gce }: Waiting): Promise<Firewall> {
  return gce.call('firewalls.get', { project, firewall });
}

/** One that is gone is a success. */
export async function deleteRule(name: string, project: string, waiting: Waiting): Promise<void> {
  try {
    const call = () => waiting.gce.call('firewalls.delete', { project, firewall: name, requestId: randomUUID() });
    await carriedOut({ call, look: () => lookAt(name, project, waiting), project, action: 'firewalls.delete' }, waiting);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The rules of a store in a network, whatever they are for. Asked without a filter of names: lists of rules are short. */
export async function storeRules(gce: Gce, { project, network }: FirewallRequest, store: string): Promise<readonly Firewall[]> {
  const all = await listRules(gce, project);
  return all.filter(({ description, network: of = '' }) => ownerFrom(description)?.store === store && pathOf(of) === network);
}

/** Removes the rules of a store; called once the ledger says that no other machine of the store uses them. */
export async function removeRules({ request }: Pick<LedgerEntry, 'request'>, store: string, waiting: Waiting): Promise<void> {
  const { project = waiting.gce.place.project, network = '' } = (request ?? {}) as Partial<FirewallRequest>;
  const rules = await storeRules(waiting.gce, { project, network }, store);
  // a list may not show yet what was made a moment ago
  const names = new Set([...rules.map(({ name = '' }) => name), ...usualNames({ store, network })]);
  await together([...names].map((name) => deleteRule(name, project, waiting)));
}

/** Whether a rule is for what has one of these tags, or for everything in its network. Pure. */
export function isFor({ targetTags = [], direction = 'INGRESS', disabled = false }: Firewall, tags: readonly string[]): boolean {
  return direction === 'INGRESS' && !disabled && (targetTags.length === 0 || targetTags.some((tag) => tags.includes(tag)));
}
