import { randomUUID } from 'node:crypto';

import { ArmError } from '../../front/errors.js';
import { versions } from '../../front/kinds.js';
import { list, put, text, type Json } from '../../world/json.js';
import { childKind } from '../child.js';
import { trackedKind, type Tracked } from '../tracked.js';
import { checkNetworkName } from './names.js';
import { checkRules } from './rules.js';
import { types, withGroup } from './used.js';

/** Network security groups. */
const groups: Tracked = {
  type: types.group,
  versions: versions.network,
  checkName: checkNetworkName,
  exclusive: true,
  etags: true,
  prepare({ body, hidden, id }) {
    hidden['guid'] ??= randomUUID();
    const rules = list(body, 'properties.securityRules').map((rule) => completed(rule));
    checkRules(rules, id);
    put(body, 'properties.securityRules', rules);
  },
  removable({ id }, subscription) {
    const { nics, subnets } = withGroup(subscription, id);
    const users = [...nics.map((nic) => nic.id), ...subnets];
    if (users.length === 0) return;
    throw new ArmError(
      400,
      'InUseNetworkSecurityGroupCannotBeDeleted',
      `Network security group ${id} cannot be deleted because it is in use by the following resources: ${users.join(', ')}. In order to ` +
        'delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.',
    );
  },
  show(shown, stored, subscription) {
    put(shown, 'properties.resourceGuid', stored.hidden['guid']);
    const { nics, subnets } = withGroup(subscription, stored.id);
    if (nics.length > 0)
      put(
        shown,
        'properties.networkInterfaces',
        nics.map(({ id }) => ({ id })),
      );
    if (subnets.length > 0)
      put(
        shown,
        'properties.subnets',
        subnets.map((id) => ({ id })),
      );
    const rules = list(shown, 'properties.securityRules');
    for (const rule of rules) showRule(rule, stored.id, stored.etag);
  },
};

function completed(rule: Json): Json {
  const kept: Json = { ...rule, properties: { ...(rule['properties'] as Json), provisioningState: 'Succeeded' } };
  for (const name of ['id', 'etag', 'type']) delete kept[name];
  return kept;
}

function showRule(rule: Json, group: string, etag: string): void {
  Object.assign(rule, { id: `${group}/securityRules/${text(rule, 'name') ?? ''}`, etag, type: types.rule });
}

export const groupKind = trackedKind(groups);

/** Rules one by one. */
export const ruleKind = childKind({
  type: types.rule,
  parentType: types.group,
  versions: versions.network,
  list: 'properties.securityRules',
  prepare(rule, parent, others) {
    const kept = completed(rule);
    checkRules([...others, kept], parent.id);
    return kept;
  },
  show(rule, parent) {
    showRule(rule, parent.id, parent.etag);
  },
});
