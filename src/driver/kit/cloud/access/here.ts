import { TsmachineError } from '../../../../base/errors.js';
import { isWithin, networkOf } from '../../../../base/network/ip-network.js';
import type { DriverContext } from '../../../contract.js';

type World = Pick<DriverContext, 'fetchText' | 'signal'>;

/** How this computer's address is found out, and what it must be. */
export interface Here {
  /** URL that answers with it; empty for the driver's default. */
  readonly lookup: string;
  readonly defaultLookup: string;
  /** Families of addresses that the machine has, as it is reached. */
  readonly families: readonly (4 | 6)[];
  /** What can be given instead, with the names of the flags. */
  readonly instead: string;
}

/** This computer's address, as the machine's network sees it. @throws TsmachineError DOWNLOAD, FLAG_INVALID with `instead` */
export async function addressHere(here: Here, { fetchText, signal }: World): Promise<string> {
  const { lookup, defaultLookup, families, instead } = here;
  const url = lookup || defaultLookup;
  const address = await fetchText(url).then(
    (text) => text.trim(),
    (error: unknown) => {
      signal.throwIfAborted();
      const { code, message } = TsmachineError.from(error);
      throw new TsmachineError(code, `${whose} is not known: ${message}`, { hint: instead, cause: error });
    },
  );
  const family = networkOf(address) === undefined || address.includes('/') ? undefined : address.includes(':') ? 6 : 4;
  if (family === undefined) {
    const answer = JSON.stringify(address.slice(0, 80));
    throw new TsmachineError('DOWNLOAD', `${whose} is not known: ${url} answers ${answer}, which is no address`, { hint: instead });
  }
  if (!families.includes(family)) {
    const reached = family === 4 ? 'the machine is reached by IPv6' : 'the machine has no IPv6 address';
    throw new TsmachineError('FLAG_INVALID', `${url} says that this computer has the address ${address}, but ${reached}`, {
      hint: instead,
    });
  }
  return address;
}

const whose = "This computer's public address, from which SSH and the engine may be reached,";

/** Whether these networks are all addresses of a family. */
export function isEverybody(network: string): boolean {
  return network.endsWith('/0');
}

/** Whether a network lies within one of these. */
export function isCovered(network: string, by: readonly string[]): boolean {
  const [address = '', prefix = ''] = network.split('/');
  return by.some((other) => {
    const isOfFamily = isEverybody(other) && address.includes(':') === other.includes(':');
    return isOfFamily || (Number(other.split('/')[1]) <= Number(prefix) && isWithin(address, other));
  });
}
