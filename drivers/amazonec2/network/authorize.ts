import { waitFor } from '../../../src/base/wait.js';
import type { Caller, Ec2 } from '../api.js';
import { codeOf } from '../errors.js';
import { permissionOf, type GroupRule } from './rules.js';

/** Milliseconds until a group that was just made is known everywhere. */
export const settling = 60_000;

/**
 * Adds rules to a group. Rules that somebody else adds meanwhile are no error.
 * @param isNew the group was just made: that EC2 does not know it yet is no error
 */
export async function authorize(
  ec2: Ec2,
  { signal }: Pick<Caller, 'signal'>,
  group: { readonly id: string; readonly isNew?: boolean },
  rules: readonly GroupRule[],
): Promise<void> {
  if (rules.length === 0) return;
  const add = () => addAll(ec2, group.id, rules);
  if (!group.isNew) return add();
  await waitFor(async () => unlessUnknown(add().then(() => true)), {
    timeout: settling,
    maxInterval: 3000,
    signal,
    what: `EC2 to know the security group ${group.id} that it made`,
  });
}

/** EC2 refuses all of them when one is there, so then each goes alone. */
async function addAll(ec2: Ec2, id: string, rules: readonly GroupRule[]): Promise<void> {
  try {
    await ec2.call('AuthorizeSecurityGroupIngress', { GroupId: id, IpPermissions: rules.map(permissionOf) });
  } catch (error) {
    if (codeOf(error) !== 'InvalidPermission.Duplicate') throw error;
    if (rules.length > 1) for (const rule of rules) await addAll(ec2, id, [rule]);
  }
}

/** What a call brings; undefined while EC2 does not know the group yet. */
export async function unlessUnknown<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codeOf(error) === 'InvalidGroup.NotFound') return undefined;
    throw error;
  }
}
