import { errorText } from '../../../src/base/errors.js';
import { nearest } from '../../../src/base/nearest.js';
import type { Text } from '../../../src/base/text.js';
import type { ArmRefusal } from './refusal.js';

interface Asked {
  readonly right: string;
  readonly location: string;
  readonly subscription: string;
}

type Hint = (asked: Asked, words: string) => Text | undefined;

const credentials =
  'Log in with: az login. Or give --azure-tenant-id, --azure-client-id and --azure-client-secret, or set the variables of Azure ' +
  '(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET)';
const flag =
  (name: string, why = ''): Hint =>
  () =>
    `Correct --azure-${name}${why}`;
const noCapacity: Hint = () => 'Name more sizes or zones: --azure-size and --azure-availability-zone can be repeated';
const quota: Hint = ({ subscription }) =>
  'Ask for more at https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade ' +
  `(subscription ${subscription}), or give another --azure-size or --azure-location`;
const noRight: Hint = ({ right, subscription }, words) => {
  const action = /action '([^']+)'/.exec(words)?.[1] ?? right;
  return (
    `Allow ${action} to these credentials in the subscription ${subscription} (docs/azure.md has the least role). ` +
    'A role that was just given takes some minutes, and a new login'
  );
};
const unregistered: Hint = (_asked, words) => {
  const namespace = /namespace '([\w.]+)'/.exec(words)?.[1] ?? 'Microsoft.Compute';
  return `Register it: az provider register --wait --namespace ${namespace}`;
};

/** What to do about each of Azure's codes (learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors). */
const hints: Readonly<Record<string, Hint>> = {
  // who
  SubscriptionNotFound: ({ subscription }) =>
    `Correct --azure-subscription-id: these credentials see no subscription ${subscription}. az account list shows those that they see`,
  InvalidSubscriptionId: flag('subscription-id'),
  InvalidAuthenticationTokenTenant: flag('tenant-id', ': the subscription is of another tenant'),
  InvalidAuthenticationToken: () => credentials,
  ExpiredAuthenticationToken: () => `The credentials have expired. ${credentials}`,
  AuthenticationFailed: () => credentials,
  AuthorizationFailed: noRight,
  LinkedAuthorizationFailed: noRight,
  DisallowedOperation: () => 'The subscription may not do this: look at it in the portal',
  ReadOnlyDisabledSubscription: ({ subscription }) =>
    `The subscription ${subscription} is disabled: enable it in the portal (Cost Management + Billing), or give another one`,
  MissingSubscriptionRegistration: unregistered,
  SubscriptionNotRegistered: unregistered,
  RequestDisallowedByPolicy: () =>
    'A policy of the subscription forbids it: the message names the policy. Tags can be given with --azure-tags',
  ScopeLocked: () => 'A lock protects it. Look at the locks with: az lock list, and remove the one in the way',
  // how much
  QuotaExceeded: quota,
  OperationNotAllowed: (asked, words) => (/quota|cores/i.test(words) ? quota(asked, words) : undefined),
  PublicIPCountLimitReached: quota,
  SkuNotAvailable: noCapacity,
  AllocationFailed: noCapacity,
  ZonalAllocationFailed: noCapacity,
  OverconstrainedAllocationRequest: noCapacity,
  OverconstrainedZonalAllocationRequest: noCapacity,
  TooManyRequests: () =>
    'Other programs call the same subscription as well: try again in some minutes, or make fewer machines at once (--concurrency)',
  SubscriptionRequestsThrottled: () => 'Try again in some minutes, or make fewer machines at once (--concurrency)',
  // what
  LocationNotAvailableForResourceType: place,
  NoRegisteredProviderFound: place,
  InvalidLocation: place,
  ResourceGroupNotFound: flag('resource-group'),
  PlatformImageNotFound: flag('image', ': az vm image list --all --publisher P --offer O shows what there is'),
  ImageNotFound: flag('image'),
  ResourcePurchaseValidationFailed: (_asked, words) => accept(words),
  MarketplacePurchaseEligibilityFailed: (_asked, words) => accept(words),
  VMMarketplaceInvalidInput: () => 'The image comes with a plan: give it with --azure-plan PUBLISHER:PRODUCT:PLAN',
  DnsRecordInUse: flag('dns', ': somebody else has this name'),
  PrivateIPAddressInUse: flag('private-ip-address', ': another machine has it'),
  PrivateIPAddressNotInSubnet: flag('private-ip-address', ': it is none of the subnet'),
  SubnetIsFull: flag('subnet', ': it has no free address'),
  InvalidParameter: (_asked, words) => (/vmSize/i.test(words) ? 'Correct --azure-size' : undefined),
  PropertyChangeNotAllowed: () => 'There is a virtual machine of this name already: choose another name for the machine',
};

/** The message lists the locations there are. */
function place({ location }: Asked, words: string): Text {
  const [, known = ''] = /locations? (?:are|is|is available in)[^']*'([a-z0-9, ]+)'/i.exec(words) ?? [];
  const near = nearest(
    location,
    known.split(',').map((word) => word.trim()),
  );
  return near === undefined
    ? 'Correct --azure-location: az account list-locations shows those that there are'
    : `Did you mean ${near}? (--azure-location)`;
}

function accept(words: string): Text {
  const urn = /[\w.-]+:[\w.-]+:[\w.-]+/.exec(words)?.[0] ?? 'PUBLISHER:OFFER:PLAN';
  return `Accept the terms of the image once: az vm image terms accept --urn ${urn}:latest`;
}

/** Of failures without an answer of Azure's, by the words of the SDK, of its authority, or of the system. */
const unasked: readonly (readonly [RegExp, Hint])[] = [
  [/AADSTS7000215|Invalid client secret/, flag('client-secret', ': take the value of the secret, not its id')],
  [/AADSTS7000222/, () => 'The secret of the application has expired: make a new one with az ad app credential reset'],
  [/AADSTS700016/, flag('client-id', ', or --azure-tenant-id: this tenant has no such application')],
  [/AADSTS(90002|900023)/, flag('tenant-id')],
  [/AADSTS(50076|50079|50158|700082|70043)|interaction_required/, () => 'Log in again: az login'],
  [/DefaultAzureCredential|ChainedTokenCredential|CredentialUnavailable|ManagedIdentityCredential|AzureCliCredential/, () => credentials],
  [/AADSTS/, () => credentials],
  [/ENOTFOUND/, () => 'Check the network of this computer, and --azure-environment or --azure-endpoint'],
  [
    /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|no answer|hang up/,
    () => 'Check the network of this computer, its proxy (HTTPS_PROXY), and --azure-endpoint if you gave one',
  ],
  [
    /certificate|EPROTO|SSL|wrong version number/i,
    () => 'For an endpoint with a certificate of its own, name the file of its CA in NODE_EXTRA_CA_CERTS before the start',
  ],
];

/** The next thing to do about an error of the SDK; undefined when nothing is known. Pure. */
export function hintFor(error: unknown, refusal: ArmRefusal | undefined, asked: Asked): Text | undefined {
  const words = errorText(error);
  if (refusal) return hints[refusal.code]?.(asked, words);
  const all = `${words} ${causes(error)}`;
  return unasked.find(([pattern]) => pattern.test(all))?.[1](asked, words);
}

function causes(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error ? String(error.code) : '';
  return `${error.name} ${code} ${error.cause === undefined ? '' : `${errorText(error.cause)} ${causes(error.cause)}`}`;
}
