import { resolve } from 'node:path';

import { TsmachineError } from '../base/errors.js';
import type { FlagSpec, FlagValues } from '../base/flags.js';
import { loadDriverModule } from '../machine/access/driver-registry.js';
import { validateName } from '../machine/choose/names.js';
import { readFlags } from '../machine/request/given-flags.js';
import type { Surroundings } from '../machine/session.js';
import type { AdoptRequest } from './adopt.js';

export const defaultAdoptDriver = 'generic';

/** The flags of `adopt` that do not depend on the driver. */
export const hostFlags: readonly FlagSpec[] = [
  { name: 'ca', type: 'string', default: '', usage: "ca.pem of the store that made the host (default: this store's)" },
  { name: 'cert', type: 'string', default: '', usage: 'cert.pem of that store' },
  { name: 'key', type: 'string', default: '', usage: 'key.pem of that store' },
  { name: 'tls-san', type: 'strings', usage: 'Extra SANs for certificates that are made later' },
];

/** A host to be taken over, said as on the command line of `adopt`. */
export interface AdoptOptions {
  readonly name: string;
  /** Default: `generic`. */
  readonly driver?: string;
  /** The flags of `adopt` and of the driver by name, without dashes. Names of files begin at the current folder. */
  readonly flags?: FlagValues;
}

/**
 * What `adoptMachine` takes, from flags by name, with the checks and messages of the command line. Touches nothing.
 * @throws TsmachineError NAME_INVALID; DRIVER_UNKNOWN; USAGE for a flag that does not exist; FLAG_INVALID for a value that cannot be;
 * FLAG_MISSING when only some of `ca`, `cert` and `key` are given
 */
export async function adoptRequest(session: Surroundings, { name, driver, flags = {} }: AdoptOptions): Promise<AdoptRequest> {
  validateName(name);
  const module = await loadDriverModule(driver ?? defaultAdoptDriver, session);
  return adoptRequestOf(name, module.name, readFlags([...hostFlags, ...module.flags], flags, session.env));
}

/** Complete values of flags as the request that `adoptMachine` takes. @throws TsmachineError FLAG_MISSING as `adoptRequest` */
export function adoptRequestOf(name: string, driverName: string, values: FlagValues): AdoptRequest {
  const sans = values['tls-san'];
  const given = (['ca', 'cert', 'key'] as const).map((flag) => String(values[flag] ?? ''));
  const [ca = '', cert = '', key = ''] = given.map((path) => (path === '' ? '' : resolve(path)));
  const request = { name, driverName, flags: values, tlsSans: typeof sans === 'object' ? sans : [] };
  if (ca === '' && cert === '' && key === '') return request;
  if (ca !== '' && cert !== '' && key !== '') return { ...request, certificates: { ca, cert, key } };
  throw new TsmachineError('FLAG_MISSING', '--ca, --cert and --key must be given together', {
    hint: 'They are ca.pem, cert.pem and key.pem of the store that made the host',
  });
}
