import { gzipSync } from 'node:zlib';

import { TsmachineError } from '../base/errors.js';
import type { BootDataRequest, GuestKeys } from '../base/guest.js';
import { archive } from './archive.js';
import { guestHostName } from './host-name.js';
import { mergedParts } from './merged-parts.js';
import { userData } from './user-data.js';
import { readUsersOwn, smaller } from './users-own.js';

/**
 * The user data of a guest of any provider: ours alone as cloud-config, or merged with the user's in a multipart archive. It contains the
 * guest's private host key.
 * @throws TsmachineError FLAG_INVALID when the user's is nothing that cloud-init takes, or all of it more than the provider takes
 */
export function composeBootData(
  request: BootDataRequest,
  { machineName, keys }: { readonly machineName: string; readonly keys: GuestKeys },
): { readonly bytes: Buffer; readonly encoding: 'plain' | 'gzip' } {
  const { user, datasource, userData: given = Buffer.alloc(0), authorizedKeys = [keys.loginPublic], packages = [] } = request;
  const settings = { hostname: guestHostName(machineName), user, datasource, authorizedKeys, packages, hostKey: keys.hostKey };
  const own = readUsersOwn(given);
  const plain = own === undefined ? Buffer.from(userData(settings)) : archive(own, mergedParts(settings));
  if (size(plain, request) <= request.limit) return { bytes: plain, encoding: 'plain' };
  const packed = request.gzip ? gzipSync(plain) : undefined;
  if (packed && size(packed, request) <= request.limit) return { bytes: packed, encoding: 'gzip' };
  throw tooLarge(packed ?? plain, machineName, given.length, request);
}

/** Bytes as the provider counts them. */
function size(bytes: Uint8Array, { measured }: BootDataRequest): number {
  return measured === 'raw' ? bytes.length : Math.ceil(bytes.length / 3) * 4;
}

function tooLarge(bytes: Uint8Array, machineName: string, given: number, request: BootDataRequest): TsmachineError {
  const form = [...(request.gzip ? ['compressed by gzip'] : []), ...(request.measured === 'base64' ? ['in base64'] : [])].join(' and ');
  return new TsmachineError(
    'FLAG_INVALID',
    `The user data of ${machineName} has ${size(bytes, request)} bytes${form && ` (${form})`}, but the provider takes ${request.limit}; ` +
      `the user data that you gave has ${given} bytes, and tsmachine's own comes with it`,
    { hint: smaller },
  );
}
