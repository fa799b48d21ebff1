import type { Subscription } from '../world/world.js';
import type { Address } from './address.js';
import { ArmError, Violated } from './errors.js';
import type { Kind } from './kinds.js';

export function checkVersion({ type, versions }: Kind, query: URLSearchParams): void {
  const version = query.get('api-version');
  if (version === null) {
    throw new Violated(400, 'MissingApiVersionParameter', 'The api-version query parameter (?api-version=) is required for all requests.');
  }
  if (versions.includes(version)) return;
  throw new Violated(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for API version '${version}' for type '${type}'. The supported api-versions are '${versions.join(', ')}'.`,
  );
}

export function throttled({ id }: Subscription, seconds: number): ArmError {
  return new ArmError(
    429,
    'SubscriptionRequestsThrottled',
    `Number of requests for subscription '${id}' exceeded. Please try again after '${seconds}' seconds after additional tokens are available. ` +
      'Refer to https://aka.ms/arm-throttling for additional information.',
    { headers: { 'retry-after': String(seconds) } },
  );
}

export function mustBeWritable(subscription: Subscription, { id, type, scope }: Address, method: string): void {
  if ((subscription.options.state ?? 'Enabled') !== 'Enabled') {
    throw new ArmError(
      409,
      'ReadOnlyDisabledSubscription',
      `The subscription '${subscription.id}' is disabled and therefore marked as read only. ` +
        'You cannot perform any write actions on this subscription until it is re-enabled.',
    );
  }
  const namespace = type.split('/')[0] ?? '';
  if (subscription.registered.get(namespace.toLowerCase()) !== 0) {
    throw new ArmError(
      409,
      'MissingSubscriptionRegistration',
      `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
      {
        details: [
          {
            code: 'MissingSubscriptionRegistration',
            target: namespace,
            message: `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
          },
        ],
      },
    );
  }
  mustBeUnlocked(subscription, scope ?? id, method);
}

/** A lock holds for what is below it; a group cannot be deleted either while something in it is locked. */
function mustBeUnlocked({ locks }: Subscription, id: string, method: string): void {
  const below = (a: string, b: string) => `${a.toLowerCase()}/`.startsWith(`${b.toLowerCase()}/`);
  const holding = locks.filter(({ scope, level }) => {
    if (method === 'DELETE') return below(id, scope) || below(scope, id);
    return level === 'ReadOnly' && below(id, scope);
  });
  if (holding.length === 0) return;
  const what = method === 'DELETE' ? 'delete' : 'write';
  throw new ArmError(
    409,
    'ScopeLocked',
    `The scope '${id}' cannot perform ${what} operation because following scope(s) are locked: ` +
      `'${holding.map(({ scope }) => scope).join(',')}'. Please remove the lock and try again.`,
  );
}
