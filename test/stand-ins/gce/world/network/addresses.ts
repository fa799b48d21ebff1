import { inUse, quotaExceeded } from '../../api/errors.js';
import { begin } from '../begin.js';
import { expectLabels } from '../check.js';
import type { Operation } from '../operations.js';
import { pathIn } from '../read.js';
import { freshFingerprint, pathOf, type Address } from '../resource.js';
import type { Request } from '../world.js';

export function insertAddress(request: Request): Operation {
  const { world, project, place, body } = request;
  const { name, labels, ...more } = body as { name: string; labels?: Record<string, string> };
  const { region } = place;
  const most = project.quotas.staticAddresses ?? Infinity;
  if ([...project.own('addresses')].length >= most) throw quotaExceeded('STATIC_ADDRESSES', most, `in region ${region}`);
  const target = `regions/${region}/addresses/${name}`;
  const made = project.add(target, {
    kind: 'compute#address',
    addressType: 'EXTERNAL',
    networkTier: 'PREMIUM',
    address: world.publicAddress(),
    ...more,
    name,
    status: 'RESERVED',
    region: project.link(`regions/${region}`),
    labels: expectLabels(labels),
    labelFingerprint: freshFingerprint(),
  });
  return begin(request, { type: 'insert', target, targetId: made.id });
}

export function deleteAddress(request: Request): Operation {
  const { project } = request;
  const target = pathIn(request);
  const address = project.get(target) as Address;
  const [user] = address.users ?? [];
  if (user !== undefined) throw inUse(project.path(target), pathOf(user, project.id));
  return begin(request, { type: 'delete', target, targetId: address.id, finish: () => void project.remove(target) });
}

/** Marks a reserved address as used by an instance, or free. @returns false when it is reserved nowhere */
export function useAddress({ project }: Pick<Request, 'project'>, address: string, instance: string, used: boolean): boolean {
  const found = [...project.own('addresses')].map(([, each]) => each as Address).find((each) => each.address === address);
  if (!found) return false;
  found.status = used ? 'IN_USE' : 'RESERVED';
  if (used) found.users = [instance];
  else delete found.users;
  return true;
}
