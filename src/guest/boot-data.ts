import { gzipSync } from 'node:zlib';

import { TsmachineError } from '../base/errors.js';
import type { BootDataRequest, GuestKeys } from '../base/guest.js';
import { guestHostName } from './host-name.js';
import { userData } from './user-data.js';

/**
 * The user data of a guest of any provider.
 * @throws TsmachineError FLAG_INVALID when it is larger than the provider takes
 */
export function composeBootData(
  { user, limit, measured, gzip }: BootDataRequest,
  { machineName, keys }: { readonly machineName: string; readonly keys: GuestKeys },
): { readonly bytes: Buffer; readonly encoding: 'plain' | 'gzip' } {
  const plain = Buffer.from(
    userData({ hostname: guestHostName(machineName), user, authorizedKeys: [keys.loginPublic], hostKey: keys.hostKey }),
  );
  const fits = (bytes: Buffer) => (measured === 'raw' ? bytes.length : Math.ceil(bytes.length / 3) * 4) <= limit;
  if (fits(plain)) return { bytes: plain, encoding: 'plain' };
  const packed = gzip ? gzipSync(plain) : undefined;
  if (packed && fits(packed)) return { bytes: packed, encoding: 'gzip' };
  throw new TsmachineError('FLAG_INVALID', `The user data of ${machineName} has ${plain.length} bytes; the provider takes ${limit}`);
}
