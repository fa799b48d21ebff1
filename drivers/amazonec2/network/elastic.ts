import { TsmachineError } from '../../../src/base/errors.js';
import { unlessTimeout, waitFor } from '../../../src/base/wait.js';
import type { DriverContext, Leftover, LedgerEntry } from '../../../src/driver/contract.js';
import type { Caller, Ec2, Output } from '../api.js';
import { NoAnswer } from '../../../src/driver/kit/cloud/call/attempts.js';
import { failureOf } from '../call/failure.js';
import type { Config } from '../config.js';
import { codeOf, isNotFound } from '../errors.js';
import { whenShown } from '../life/list.js';
import { eventually, realPace, type Pace } from '../../../src/driver/kit/cloud/call/pace.js';

export const addressKind = 'Elastic IP';

type Address = NonNullable<Output<'DescribeAddresses'>['Addresses']>[number];

const tag = 'tsmachine.machine';

/**
 * The allocation id of the address that stays with this machine, allocated now if it is to be one of ours; undefined when none is wanted.
 * Needs no instance, so it may run beside other calls before RunInstances.
 * @throws TsmachineError FLAG_INVALID when the user's address does not exist or is in use elsewhere
 */
export async function ensureAddress(config: Config, ctx: DriverContext, ec2: Ec2, pace = realPace): Promise<string | undefined> {
  const { elasticIp } = config.own;
  if (elasticIp === '') return undefined;
  if (elasticIp !== 'new') {
    await refuseAddress(config, ec2);
    return elasticIp;
  }
  const { store, machine } = await ctx.owner();
  return ctx.resource(
    'address',
    { kind: addressKind, scope: 'machine', request: {} },
    {
      find: async (entry) => (await shownAddress(entry, { machine, ec2, pace, signal: ctx.signal }))?.AllocationId,
      make: () => {
        const tags = { Name: ctx.machineName, 'tsmachine.store': store, [tag]: machine, 'tsmachine.creator': 'tsmachine' };
        return allocate(tags, { machine, ec2, pace, signal: ctx.signal });
      },
    },
  );
}

/** Milliseconds for an address to be shown that may have been allocated. */
const showTime = 10_000;

/** EC2 knows no token here: before the call is repeated, what it may have done is looked for. */
async function allocate(tags: Readonly<Record<string, string>>, { machine, ec2, pace, signal }: Showing): Promise<string> {
  for (let tried = 0; ; tried += 1) {
    try {
      const { AllocationId: id = '' } = await ec2.call('AllocateAddress', {
        Domain: 'vpc',
        TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }],
      });
      return id;
    } catch (error) {
      signal.throwIfAborted();
      const cause: unknown = TsmachineError.is(error) ? error.cause : error;
      if (tried >= ec2.place.retries || !(cause instanceof NoAnswer || failureOf(cause) === 'passing')) throw error;
    }
    const made = await eventually(() => addressOf(ec2, { id: undefined, machine }), { pace, signal, timeout: showTime });
    if (made?.AllocationId !== undefined) return made.AllocationId;
  }
}

/** Refuses an address of the user's that cannot be given to this machine: changes nothing, so precheck asks it too. @throws FLAG_INVALID */
export async function refuseAddress({ own: { elasticIp }, instanceId }: Config, ec2: Ec2): Promise<void> {
  if (elasticIp === '' || elasticIp === 'new') return;
  const address = await addressOf(ec2, { id: elasticIp, machine: '' });
  const { AssociationId: association, InstanceId: instance, NetworkInterfaceId: attached, PublicIp: ip = '' } = address ?? {};
  const isElsewhere = association !== undefined && (instance !== instanceId || instanceId === '');
  const why = !address
    ? `There is no Elastic IP ${elasticIp} in this region`
    : isElsewhere
      ? `The Elastic IP ${elasticIp} (${ip}) is in use by ${instance ?? attached ?? 'another thing'}`
      : undefined;
  if (why === undefined) return;
  throw new TsmachineError('FLAG_INVALID', why, { hint: 'Name another one with --amazonec2-elastic-ip, or say "new"' });
}

/** EC2 knows no token here: an address whose answer was lost is found by its tag. */
async function addressOf(ec2: Ec2, { id, machine }: { readonly id: string | undefined; readonly machine: string }) {
  const filter = id === undefined ? { Name: `tag:${tag}`, Values: [machine] } : { Name: 'allocation-id', Values: [id] };
  const { Addresses: [address] = [] } = await ec2.call('DescribeAddresses', { Filters: [filter] });
  return address;
}

interface Showing {
  readonly machine: string;
  readonly ec2: Ec2;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

function shownAddress(entry: LedgerEntry, { machine, ec2, pace, signal }: Showing): Promise<Address | undefined> {
  return whenShown(entry, () => addressOf(ec2, { id: entry.id, machine }), { pace, signal });
}

/** Milliseconds for an instance to run. */
const patience = 180_000;

/**
 * Gives the address to an instance as soon as that takes it: while it is pending, EC2 refuses. A repeated call changes nothing.
 * @param interfaceId the first of its interfaces; EC2 does not choose among several
 * @throws TsmachineError WAIT_TIMEOUT
 */
export async function attachAddress(
  ec2: Ec2,
  ctx: Pick<Caller, 'signal'>,
  allocationId: string,
  { instanceId, interfaceId }: { readonly instanceId: string; readonly interfaceId?: string | undefined },
): Promise<void> {
  const what = interfaceId === undefined ? { InstanceId: instanceId } : { NetworkInterfaceId: interfaceId };
  await waitFor(
    async () => {
      try {
        await ec2.call('AssociateAddress', { AllocationId: allocationId, ...what, AllowReassociation: false });
        return true;
      } catch (error) {
        const code = codeOf(error) ?? '';
        if (code === 'Resource.AlreadyAssociated' && (await isAt(ec2, allocationId, instanceId))) return true;
        if (notYet.has(code)) return undefined;
        throw error;
      }
    },
    { timeout: patience, maxInterval: 3000, signal: ctx.signal, what: `${instanceId} to take the Elastic IP` },
  );
}

/** What EC2 says of an instance that is pending, or of a thing that was just made. */
const notYet = new Set([
  'InvalidInstanceID',
  'IncorrectInstanceState',
  'IncorrectState',
  'InvalidInstanceID.NotFound',
  'InvalidNetworkInterfaceID.NotFound',
  'InvalidAllocationID.NotFound',
]);

async function isAt(ec2: Ec2, allocationId: string, instanceId: string): Promise<boolean> {
  return (await addressOf(ec2, { id: allocationId, machine: '' }))?.InstanceId === instanceId;
}

/** Takes a user's address from the machine's instance; it is never released. To be called before the instance is terminated. */
export async function detachAddress({ own: { elasticIp }, instanceId }: Config, ec2: Ec2): Promise<void> {
  if (elasticIp === '' || elasticIp === 'new' || instanceId === '') return;
  const address = await addressOf(ec2, { id: elasticIp, machine: '' });
  if (address?.InstanceId === instanceId) await disassociate(ec2, address);
}

/** Releases an address of ours, whatever has it. @returns what is left, and why; undefined when it is gone */
export async function removeAddress(entry: LedgerEntry, ctx: DriverContext, ec2: Ec2, pace = realPace): Promise<Leftover | undefined> {
  const { machine } = await ctx.owner();
  const address = await shownAddress(entry, { machine, ec2, pace, signal: ctx.signal });
  if (address === undefined) return undefined;
  const why = await releaseAddress(ec2, ctx, address);
  return why === undefined ? undefined : { kind: addressKind, id: address.AllocationId ?? '', name: address.PublicIp ?? '', why };
}

/** @returns why it could not be released; undefined when it is gone */
export async function releaseAddress(ec2: Ec2, { signal }: Pick<Caller, 'signal'>, address: Address): Promise<string | undefined> {
  const { AllocationId: id = '' } = address;
  await disassociate(ec2, address);
  let refusal: unknown;
  const release = async () => {
    try {
      await ec2.call('ReleaseAddress', { AllocationId: id });
    } catch (error) {
      // what was allocated a moment ago may be listed, and not be found yet
      if (isNotFound(error) && (await addressOf(ec2, { id, machine: '' })) === undefined) return true;
      if (!isNotFound(error) && codeOf(error) !== 'InvalidIPAddress.InUse') throw error;
      refusal = error;
      return undefined;
    }
    return true;
  };
  const done = await unlessTimeout(
    waitFor(release, { timeout: 60_000, maxInterval: 3000, signal, what: `the Elastic IP ${id} to be free` }),
  );
  return done ? undefined : TsmachineError.from(refusal).message;
}

async function disassociate(ec2: Ec2, { AssociationId: association }: Address): Promise<void> {
  if (association === undefined || association === '') return;
  try {
    await ec2.call('DisassociateAddress', { AssociationId: association });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
