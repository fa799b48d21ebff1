import type { BootDataRequest } from '../../src/base/guest.js';
import { composeBootData } from '../../src/guest/boot-data.js';
import { newEd25519 } from '../../src/system/ed25519.js';

export const login = 'ssh-ed25519 AAAA tsmachine-m1';
export const hostKey = newEd25519('m1');

/** The user data of a machine m1 whose login is docker, on a provider that takes nearly everything. */
export function bootData(userData: string | Uint8Array | undefined, changes: Partial<BootDataRequest> = {}) {
  return composeBootData(
    {
      datasource: 'NoCloud',
      user: 'docker',
      ...(userData !== undefined && { userData: Buffer.from(userData) }),
      limit: 16 * 1024 * 1024,
      measured: 'raw',
      gzip: false,
      ...changes,
    },
    { machineName: 'm1', keys: { loginKeyPath: 'unused', loginPublic: `${login}\n`, hostKey } },
  );
}
