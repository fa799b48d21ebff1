import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, Leftover, LedgerEntry } from '../../../src/driver/contract.js';
import { unlessTimeout, waitFor } from '../../../src/base/wait.js';
import type { Caller, Ec2 } from '../api.js';
import { whenShown } from '../life/list.js';
import { realPace } from '../../../src/driver/kit/cloud/call/pace.js';
import { codeOf, isNotFound } from '../errors.js';
import { groupsIn, groupsWith, isOurs } from './find.js';
import { groupKind, type GroupRequest } from './groups.js';
import { permissionOf, rulesOf } from './rules.js';

/** Milliseconds for the interfaces of terminated instances to go. */
const patience = 120_000;

/**
 * Removes a group of ours; called once the ledger says that no other machine of the store uses it, and the machine's instance is
 * terminated. The caller then takes it out of the ledger.
 * @returns what is left, and why; undefined when it is gone
 */
export async function removeGroup(entry: LedgerEntry, ctx: DriverContext, ec2: Ec2, pace = realPace): Promise<Leftover | undefined> {
  const { store } = await ctx.owner();
  const { name = '', vpc = '' } = (entry.request ?? {}) as Partial<GroupRequest>;
  const groups = () => (entry.id === undefined ? groupsIn(ec2, vpc, [name]) : groupsWith(ec2, [entry.id]));
  // one without our tag is somebody else's now
  const found = async () => (await groups()).find((group) => isOurs(group, store))?.GroupId;
  const id = await whenShown(entry, found, { pace, signal: ctx.signal });
  const why = id === undefined ? undefined : await deleteGroup(ec2, ctx, { id, store });
  return id === undefined || why === undefined ? undefined : { kind: groupKind, id, name, why };
}

/** Deletes a group of ours. One that is gone is a success. @returns why it is still there; undefined when it is not */
export async function deleteGroup(
  ec2: Ec2,
  { signal }: Pick<Caller, 'signal'>,
  group: { readonly id: string; readonly store: string },
): Promise<string | undefined> {
  await forgetReferences(ec2, group);
  let refusal: unknown;
  const done = await unlessTimeout(
    waitFor(
      async () => {
        refusal = await tryDelete(ec2, group.id);
        if (refusal === undefined) return { why: undefined };
        const user = await foreignUser(ec2, group.id);
        return user === undefined ? undefined : { why: user };
      },
      { timeout: patience, maxInterval: 5000, signal, what: `the security group ${group.id} to be unused` },
    ),
  );
  return done ? done.why : TsmachineError.from(refusal).message;
}

/** @returns what says that it is in use; undefined when it is gone */
async function tryDelete(ec2: Ec2, id: string): Promise<unknown> {
  try {
    await ec2.call('DeleteSecurityGroup', { GroupId: id });
    return undefined;
  } catch (error) {
    // what was made a moment ago may be listed, and not be found yet
    if (isNotFound(error)) return (await groupsWith(ec2, [id])).length === 0 ? undefined : error;
    if (codeOf(error) === 'DependencyViolation') return error;
    throw error;
  }
}

/** Whose interface has the group and will keep it; undefined when there is none, or it is on its way out. */
async function foreignUser(ec2: Ec2, id: string): Promise<string | undefined> {
  const { NetworkInterfaces: found = [] } = await ec2.call('DescribeNetworkInterfaces', { Filters: [{ Name: 'group-id', Values: [id] }] });
  const instances = found.flatMap(({ Attachment: { InstanceId: instance } = {} }) => (instance === undefined ? [] : [instance]));
  const staying = await stayingOf(ec2, [...new Set(instances)]);
  const user = found.find(({ Attachment: attachment }) => attachment?.InstanceId === undefined || staying.has(attachment.InstanceId));
  if (!user) return undefined;
  const { NetworkInterfaceId: name = '', Attachment: attachment, Status: status } = user;
  if (attachment === undefined && status !== 'available') return undefined;
  const at = attachment?.InstanceId === undefined ? '' : ` of ${attachment.InstanceId}`;
  return `The network interface ${name}${at}, which is none of this machine's, uses it`;
}

/** Which of these instances are neither terminated nor about to be. */
async function stayingOf(ec2: Ec2, ids: string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { Reservations: found = [] } = await ec2.call('DescribeInstances', { Filters: [{ Name: 'instance-id', Values: ids }] });
  const instances = found.flatMap(({ Instances: list = [] }) => list);
  return new Set(
    instances.flatMap(({ InstanceId: id = '', State: state }) => (/shutting-down|terminated/.test(state?.Name ?? '') ? [] : [id])),
  );
}

/** A group cannot go while a rule of another group names it. Only groups of this store are changed for that. */
async function forgetReferences(ec2: Ec2, { id, store }: { readonly id: string; readonly store: string }): Promise<void> {
  const { SecurityGroups: groups = [] } = await ec2.call('DescribeSecurityGroups', {
    Filters: [
      { Name: 'ip-permission.group-id', Values: [id] },
      { Name: 'tag:tsmachine.store', Values: [store] },
    ],
  });
  for (const group of groups) {
    const rules = rulesOf(group).filter(({ source }) => source === id);
    if (group.GroupId === id || rules.length === 0) continue;
    await ec2.call('RevokeSecurityGroupIngress', {
      GroupId: group.GroupId ?? '',
      IpPermissions: rules.map(({ description: _, ...rule }) => permissionOf(rule)),
    });
  }
}
