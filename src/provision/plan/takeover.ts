import { createHash } from 'node:crypto';

import { lines, run, say, type Text } from '../../base/text.js';
import type { HostFacts } from '../look/facts.js';
import { renderOwner } from '../look/owner.js';
import type { ProvisionRequest, ServerCertificate } from '../request.js';
import type { ConfigPlan } from './config.js';

/**
 * What to say before an engine that another store configured gets this store's certificates: that store's clients are locked out then.
 * Undefined where the engine trusts this store already, or nobody yet. Pure.
 */
export function takeoverWarning(
  facts: HostFacts,
  plan: ConfigPlan,
  certificate: ServerCertificate,
  { machine, owner }: Pick<ProvisionRequest, 'machine' | 'owner'>,
): Text | undefined {
  const trusted = facts.config.sums[plan.certificates.ca];
  if (!facts.engine || trusted === undefined || trusted === digest(certificate.ca)) return undefined;
  const before = facts.owner;
  if (before !== undefined && before.store === owner?.store) return undefined; // the store has a new CA
  const whose = before ? `as machine "${before.name}" of another store (${before.by})` : 'by another store';
  const name = before?.name ?? 'NAME';
  return lines([
    `The engine of ${machine} is managed ${whose}: it trusted clients with certificates of that store, and now trusts those of this one`,
    say`To share a machine instead: "${run('export', name, '-o', 'FILE')}" there, then "${run('import', 'FILE')}" here`,
  ]);
}

/** The mark for the host, and its file: beside the certificates. */
export function ownerMark(plan: ConfigPlan, { owner }: Pick<ProvisionRequest, 'owner'>): { text: string; path: string } {
  const folder = plan.certificates.ca.slice(0, plan.certificates.ca.lastIndexOf('/'));
  return { text: owner ? renderOwner(owner) : '', path: `${folder}/tsmachine-owner.json` };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
