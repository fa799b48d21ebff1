import { randomUUID } from 'node:crypto';

import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, LedgerEntry } from '../../../src/driver/contract.js';
import { namingFlag } from '../../../src/driver/kit/cloud/flags/naming-flag.js';
import type { Gce } from '../api.js';
import { carriedOut, ended, type Waiting } from '../call/operations.js';
import { isNotFound, isTaken } from '../call/refused.js';
import type { StaticAddress } from '../call/resources.js';
import { lastOf, regionOf, type Config } from '../config.js';
import { ownerFrom, ownerNote } from '../labels.js';

export const addressKind = 'GCE address';

interface AddressRequest {
  readonly region: string;
  readonly name: string;
}

/**
 * The address that stays with this machine, reserved now if it is to be one of ours; undefined when none is wanted.
 * @throws TsmachineError FLAG_INVALID when the user's address does not exist or is in use elsewhere
 */
export async function ensureAddress(config: Config, ctx: DriverContext, waiting: Waiting): Promise<string | undefined> {
  const { address, zone, machineName } = config;
  if (address === '' || isAddress(address)) return address || undefined;
  if (address !== 'new') return (await usersAddress(config, waiting.gce)).address;
  const { gce } = waiting;
  const owner = await ctx.owner();
  const request: AddressRequest = { region: regionOf(zone), name: `${machineName}-ip` };
  const found = async ({ region, name }: AddressRequest): Promise<StaticAddress | undefined> => {
    const there = await unlessMissing(gce.call('addresses.get', { region, address: name }));
    if (!there || ownerFrom(there.description)?.machine === owner.machine) return there;
    throw new TsmachineError('DRIVER_FAILED', `The address ${name} in ${region} is somebody else's`, {
      hint: `If the machine is to have it, give its name: --google-address ${name}`,
    });
  };
  await ctx.resource<AddressRequest>(
    'address',
    { kind: addressKind, scope: 'machine', request },
    {
      find: async (entry) => ((await found(entry.request as AddressRequest)) ? idOf(entry.request as AddressRequest) : undefined),
      make: async (wanted, token, note) => {
        const { region, name } = wanted;
        const tier = config.own.networkTier === '' ? {} : { networkTier: config.own.networkTier.toUpperCase() };
        const addressResource = { name, description: ownerNote(owner, `address of ${machineName}`), addressType: 'EXTERNAL', ...tier };
        try {
          const operation = await gce.call('addresses.insert', { region, addressResource, requestId: token });
          await note(operation.name ?? '');
          await ended({ operation, region, action: 'addresses.insert' }, waiting);
        } catch (error) {
          if (!isTaken(error)) throw error;
        }
        return idOf(wanted);
      },
    },
  );
  return (await found(request))?.address;
}

function idOf({ region, name }: AddressRequest): string {
  return `${region}/${name}`;
}

function isAddress(word: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(word);
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Refuses an address of the user's that cannot be given to this machine: changes nothing, so precheck asks it too. @throws FLAG_INVALID */
export async function usersAddress(config: Pick<Config, 'address' | 'zone' | 'machineName'>, gce: Gce): Promise<StaticAddress> {
  const { address: name, zone, machineName } = config;
  const region = regionOf(zone);
  const flag = `--google-address ${name}`;
  const found = await namingFlag(flag, gce.call('addresses.get', { region, address: name }), isNotFound);
  const user = (found.users ?? []).map(lastOf).find((each) => each !== machineName);
  if (user !== undefined)
    throw new TsmachineError('FLAG_INVALID', `${flag} (${found.address ?? ''}) is in use by ${user}`, {
      hint: 'Name another one, or say "new"',
    });
  if (found.addressType === 'INTERNAL') throw new TsmachineError('FLAG_INVALID', `${flag} is an internal address`);
  return found;
}

/** Whether an address is the user's, by its name. Pure. */
export function isNamed({ address }: Pick<Config, 'address'>): boolean {
  return address !== '' && address !== 'new' && !isAddress(address);
}

/** Gives it back to Google; one that is gone is a success. */
export async function removeAddress({ request }: Pick<LedgerEntry, 'request'>, machine: string, waiting: Waiting): Promise<void> {
  const { region, name } = request as AddressRequest;
  const there = await unlessMissing(waiting.gce.call('addresses.get', { region, address: name }));
  if (!there || ownerFrom(there.description)?.machine !== machine) return;
  await deleteAddress({ region, name }, waiting);
}

export async function deleteAddress({ region, name }: AddressRequest, waiting: Waiting): Promise<void> {
  const call = () => waiting.gce.call('addresses.delete', { region, address: name, requestId: randomUUID() });
  const look = () => waiting.gce.call('addresses.get', { region, address: name });
  await carriedOut({ call, look, region, action: 'addresses.delete' }, waiting);
}
