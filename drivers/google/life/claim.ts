import type { DriverContext } from '../../../src/driver/contract.js';
import { ended, type Waiting } from '../call/operations.js';
import { isOutdated } from '../call/refused.js';
import { lastOf, readConfig } from '../config.js';
import { ownerLabels, storeTag } from '../labels.js';
import { ensureRules } from '../network/firewall.js';
import { whereOf } from '../network/where.js';
import { instanceAt } from './instance.js';
import { idOf } from './launch.js';

/** How often somebody else may change the VM between our look and our change. */
const tries = 5;

/** Makes this store the owner of an imported machine: its labels, and a tag of this store, with its rules, in place of the former one's. */
export async function claimMachine({ ctx, waiting }: { readonly ctx: DriverContext; readonly waiting: Waiting }): Promise<void> {
  const config = readConfig(ctx.data());
  const owner = await ctx.owner();
  const { zone, machineName: instance } = config;
  const former = (tag: string) => /^tsmachine-/.test(tag);
  const there = await changed(async () => {
    const now = await instanceAt(waiting.gce, idOf(zone, instance));
    if (!now || config.useExisting) return now;
    const labels = { ...now.labels, ...ownerLabels(owner) };
    const instancesSetLabelsRequestResource = { labels, labelFingerprint: now.labelFingerprint ?? '' };
    const operation = await waiting.gce.call('instances.setLabels', { zone, instance, instancesSetLabelsRequestResource });
    await ended({ operation, zone, action: 'instances.setLabels' }, waiting);
    return now;
  });
  if (!there || config.useExisting) return;
  for (const { source = '', boot } of there.disks ?? []) if (boot === true) await claimDisk(lastOf(source), zone, { owner, waiting });
  if (!there.tags?.items?.some(former)) return;
  await ensureRules(config, ctx, await whereOf(config, waiting.gce), waiting);
  await changed(async () => {
    const { tags } = (await instanceAt(waiting.gce, idOf(zone, instance))) ?? {};
    const items = [storeTag(owner.store), ...(tags?.items ?? []).filter((tag) => !former(tag))];
    const tagsResource = { items, fingerprint: tags?.fingerprint ?? '' };
    const operation = await waiting.gce.call('instances.setTags', { zone, instance, tagsResource });
    await ended({ operation, zone, action: 'instances.setTags' }, waiting);
  });
}

interface Claiming {
  readonly owner: Parameters<typeof ownerLabels>[0];
  readonly waiting: Waiting;
}

async function claimDisk(disk: string, zone: string, { owner, waiting }: Claiming): Promise<void> {
  await changed(async () => {
    const { labels, labelFingerprint = '' } = await waiting.gce.call('disks.get', { zone, disk });
    const zoneSetLabelsRequestResource = { labels: { ...labels, ...ownerLabels(owner) }, labelFingerprint };
    const operation = await waiting.gce.call('disks.setLabels', { zone, resource: disk, zoneSetLabelsRequestResource });
    await ended({ operation, zone, action: 'disks.setLabels' }, waiting);
  });
}

/** Looks and changes again when somebody else was faster. */
async function changed<T>(change: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await change();
    } catch (error) {
      if (!isOutdated(error) || tried >= tries) throw error;
    }
  }
}
