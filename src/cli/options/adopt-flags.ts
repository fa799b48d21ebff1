import { resolve } from 'node:path';

import type { AdoptRequest } from '../../transfer/adopt.js';
import { TsmachineError } from '../../base/errors.js';
import type { DriverModule } from '../../driver/contract.js';
import type { FlagSpec, FlagValues } from '../../base/flags.js';
import { loadDriverModule } from '../../driver/registry.js';
import { driverNameOf } from './create-flags.js';

const adoptDriver = 'generic';

/** The flags of `adopt` that do not depend on the driver. */
export const adoptFlags: readonly FlagSpec[] = [
  { name: 'driver', type: 'string', default: adoptDriver, usage: 'Driver for the host' },
  { name: 'ca', type: 'string', default: '', usage: "ca.pem of the store that created the host; the default is this store's" },
  { name: 'cert', type: 'string', default: '', usage: 'cert.pem of that store' },
  { name: 'key', type: 'string', default: '', usage: 'key.pem of that store' },
  { name: 'tls-san', type: 'strings', usage: 'Extra SANs for certificates created later' },
];

/** The driver for `adopt`. It ignores MACHINE_DRIVER, which is meant for `create`. @throws TsmachineError DRIVER_UNKNOWN */
export function adoptingDriver(argv: readonly string[]): Promise<DriverModule> {
  return loadDriverModule(driverNameOf(argv, {}) ?? adoptDriver);
}

/**
 * Turns the flags of `adopt` into a request.
 * @throws TsmachineError FLAG_MISSING when only some of the three certificate files are given
 */
export function adoptRequest(name: string, driverName: string, values: FlagValues): AdoptRequest {
  const sans = values['tls-san'];
  const given = (['ca', 'cert', 'key'] as const).map((flag) => String(values[flag] ?? ''));
  const [ca = '', cert = '', key = ''] = given.map((path) => (path === '' ? '' : resolve(path)));
  const request = { name, driverName, flags: values, tlsSans: typeof sans === 'object' ? sans : [] };
  if (ca === '' && cert === '' && key === '') return request;
  if (ca !== '' && cert !== '' && key !== '') return { ...request, certificates: { ca, cert, key } };
  throw new TsmachineError('FLAG_MISSING', '--ca, --cert and --key must be given together', {
    hint: 'They are ca.pem, cert.pem and key.pem of the store that created the host',
  });
}
