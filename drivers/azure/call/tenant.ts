import { TsmachineError } from '../../../src/base/errors.js';
import type * as Sdk from '../sdk.js';

interface Asked {
  readonly endpoint: string;
  readonly subscription: string;
  readonly signal: AbortSignal;
}

/** Milliseconds for the answer. */
const patience = 20_000;

/**
 * The tenant of a subscription, as Docker Machine found it: who asks without a token is told where to get one.
 * @throws TsmachineError DRIVER_FAILED when there is no such subscription, or the answer says nothing
 */
export async function tenantOf(sdk: typeof Sdk, { endpoint, subscription, signal }: Asked): Promise<string> {
  const url = `${endpoint}/subscriptions/${subscription}?api-version=2022-12-01`;
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const request = sdk.createPipelineRequest({ url, method: 'GET', abortSignal });
  const answer = await sdk
    .createPipelineFromOptions({ retryOptions: { maxRetries: 1 } })
    .sendRequest(sdk.createDefaultHttpClient(), request);
  const tenant = tenantIn(answer.headers.get('www-authenticate') ?? '');
  if (tenant !== undefined) return tenant;
  throw new TsmachineError(
    'DRIVER_FAILED',
    answer.status === 404
      ? `Azure has no subscription ${subscription} (--azure-subscription-id)`
      : `Azure does not say which tenant the subscription ${subscription} is of (HTTP status ${answer.status})`,
    { hint: 'Give the tenant with --azure-tenant-id; az account show tells it' },
  );
}

/** `Bearer authorization_uri="https://login.microsoftonline.com/TENANT", ...`. Pure. */
export function tenantIn(challenge: string): string | undefined {
  return /authorization(?:_uri)?="[^"]*\/([0-9a-f-]{36})\/?"/i.exec(challenge)?.[1];
}
