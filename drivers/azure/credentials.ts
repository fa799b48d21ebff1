import type { DriverData, FlagValues } from '../../src/driver/contract.js';
import { textFlag, textOf } from '../../src/driver/kit/data.js';
import type { Place } from './api.js';
import { usualCloud } from './call/clouds.js';
import { readConfig } from './config.js';
import { prefix } from './flags.js';

/**
 * Where the calls of a machine go, and as whom. The subscription, the cloud and the endpoint are the machine's own, wherever it has any.
 * A secret that was given, or is set, comes first; then one in a config.json of Docker Machine's; then the SDK's chain.
 * @param secrets the flags that every command takes, as given or from the environment
 */
export function placeOf(data: DriverData, secrets: FlagValues): Place {
  const { subscription, location, environment, tenant, own } = readConfig(data);
  const given = (name: string) => textFlag(secrets, prefix + name);
  const secret = given('client-secret');
  const stored = textOf(data, 'ClientSecret');
  const isStored = secret === '' && stored !== '';
  const clientId = isStored ? textOf(data, 'ClientID') : given('client-id') || textOf(data, 'ClientID');
  return {
    subscription: subscription || given('subscription-id'),
    location,
    environment: data['Environment'] === undefined ? given('environment') || usualCloud : environment,
    endpoint: own.endpoint || given('endpoint'),
    authority: own.authority || given('authority'),
    tenant: tenant || given('tenant-id'),
    clientId,
    clientSecret: secret || stored,
    retries: own.retries,
  };
}

/** In words for people, as whom calls for no machine in particular are made. */
export function wordsOf(secrets: FlagValues): string {
  const { clientId, clientSecret, subscription } = placeOf({}, secrets);
  const who = clientSecret === '' ? 'the usual credentials of Azure' : `the service principal ${clientId}`;
  return subscription === '' ? `${who}, in no subscription` : `${who}, in the subscription ${subscription}`;
}
