import { TsmachineError } from '../../src/base/errors.js';
import { refuseContradictions, type Clash, type Need } from '../../src/driver/kit/cloud/flags/contradictions.js';
import type { FlagReader } from '../../src/driver/kit/cloud/flags/values.js';

const needs: readonly Need[] = [
  { flag: 'spot-fallback', needs: 'spot' },
  { flag: 'spot-max-price', needs: 'spot' },
  { flag: 'client-secret', needs: 'client-id' },
];

const clashes: readonly Clash[] = [
  { flags: ['availability-set', 'availability-zone'], why: 'a machine is in one or the other' },
  { flags: ['availability-set', 'spot'], why: 'Azure puts no spot machine into an availability set' },
  { flags: ['dns', 'no-public-ip'], why: 'the label is one of the public address' },
];

/** @throws TsmachineError FLAG_MISSING, FLAG_INVALID for flags of which one excludes or needs the other */
export function refuseAtOdds(given: FlagReader): void {
  refuseContradictions(given, needs, clashes);
  if (given.isSet('ephemeral-disk') && given.isSet('spot') && given.text('eviction-policy') !== 'Delete')
    throw new TsmachineError(
      'FLAG_INVALID',
      'using --azure-ephemeral-disk with --azure-spot also requires --azure-eviction-policy Delete: ' +
        'a machine without a disk of its own cannot be deallocated',
    );
}
