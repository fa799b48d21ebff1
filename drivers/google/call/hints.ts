import { errorText } from '../../../src/base/errors.js';
import { quote } from '../../../src/base/quote.js';
import type { Text } from '../../../src/base/text.js';
import { refusedOf, type Refused } from './refused.js';

/** Which call it was. */
export interface Asked {
  readonly action: string;
  readonly project: string;
  readonly impersonated: string;
}

type Hint = (asked: Asked, refused: Refused) => Text | undefined;

const login = 'Log in with: gcloud auth application-default login';
const otherwise = 'or set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account';

const newCredentials: Hint = () => `The credentials have expired or were revoked. ${login}, ${otherwise}`;
const enable: Hint = ({ project }, { facts }) =>
  facts['service'] === undefined || facts['service'] === 'compute.googleapis.com'
    ? `Enable it, and try again in a minute: gcloud services enable compute.googleapis.com --project ${quote(project)}`
    : `Enable it, and try again in a minute: gcloud services enable ${facts['service']} --project ${quote(project)}`;
const noRight: Hint = ({ action, project }, { message }) => {
  const named = /[Rr]equired '([\w.]+)' permission/.exec(message)?.[1] ?? /Permission '([\w.]+)' denied/.exec(message)?.[1];
  const right = named ?? `compute.${action.replace('getFromFamily', 'useReadOnly').replace('aggregatedList', 'list')}`;
  if (/iam\.serviceAccounts\.actAs/.test(`${right} ${message}`))
    return (
      'Give these credentials the role "Service Account User" on the service account, ' +
      'or make the machine without one: --google-service-account none'
    );
  return `Give these credentials a role in ${project} with the permission ${right} (docs/google.md has the least role)`;
};
const quota: Hint = ({ project }) =>
  `Ask for more at https://console.cloud.google.com/iam-admin/quotas?project=${encodeURIComponent(project)}, ` +
  'or give another --google-machine-type or --google-zone';
const noRoom: Hint = () => 'Name more types or zones: --google-machine-type and --google-zone can be repeated';
const protectedAgainstDeletion: Hint = (_, { message }) =>
  /delet(e|ion).*protect|protected against deletion/i.test(message)
    ? 'Take the protection away if it is to go: gcloud compute instances update NAME --no-deletion-protection --zone ZONE'
    : undefined;

/** What to do about each of Google's reasons (cloud.google.com/compute/docs/troubleshooting). */
const hints: Readonly<Record<string, Hint>> = {
  // who
  authError: newCredentials,
  UNAUTHENTICATED: newCredentials,
  accessNotConfigured: enable,
  SERVICE_DISABLED: enable,
  forbidden: noRight,
  PERMISSION_DENIED: noRight,
  PERMISSIONS_ERROR: noRight,
  IAM_PERMISSION_DENIED: noRight,
  billingNotEnabled: ({ project }) =>
    `Enable billing at https://console.cloud.google.com/billing/linkedaccount?project=${encodeURIComponent(project)}`,
  // how much
  quotaExceeded: quota,
  QUOTA_EXCEEDED: quota,
  rateLimitExceeded: tooFast,
  RATE_LIMIT_EXCEEDED: tooFast,
  ZONE_RESOURCE_POOL_EXHAUSTED: noRoom,
  ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS: noRoom,
  RESOURCE_POOL_EXHAUSTED: noRoom,
  // life
  conditionNotMet: (_asked, { message }) =>
    /constraint/.test(message)
      ? 'An organization policy forbids this: ask its administrator, or change the flag that it is about'
      : undefined,
  resourceInUseByAnotherResource: protectedAgainstDeletion,
  invalidUsage: protectedAgainstDeletion,
};

function tooFast(): Text {
  return 'Other programs call the same project as well: try again in a minute, or make fewer machines at once (--concurrency)';
}

/** Of failures without an answer of Compute Engine's, by the words of the SDK or the system. */
const unasked: readonly (readonly [RegExp, string])[] = [
  [/Could not load the default credentials|does not exist, or it is not a file/, `${login}, ${otherwise}`],
  [
    /invalid_grant|invalid_rapt|reauth|Token has been expired or revoked/i,
    `The credentials have expired or were revoked. ${login}, ${otherwise}`,
  ],
  [/GOOGLE_APPLICATION_CREDENTIALS/, 'Correct the variable GOOGLE_APPLICATION_CREDENTIALS, or the file that it names'],
  [
    /iam\.serviceAccounts\.getAccessToken|Unable to impersonate/,
    'Give your own credentials the role "Service Account Token Creator" on that service account (--google-impersonate-service-account)',
  ],
  [/iamcredentials|IAM Service Account Credentials API/, 'Enable the API: gcloud services enable iamcredentials.googleapis.com'],
  [/ENOTFOUND/, 'Check the network of this computer, and --google-endpoint if you gave one'],
  [
    /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|no answer|hang up|fetch failed/,
    'Check the network of this computer, and --google-endpoint if you gave one',
  ],
  [/certificate|EPROTO|SSL|wrong version number/i, 'For an endpoint without TLS, give --google-endpoint http://HOST:PORT'],
];

/** The next thing to do about an error of the SDK; undefined when nothing is known. Pure. */
export function hintFor(error: unknown, asked: Asked): Text | undefined {
  const refused = refusedOf(error);
  if (refused) return (refused.status === 401 ? newCredentials : hints[refused.reason])?.(asked, refused);
  const all = wordsAndCauses(error);
  return unasked.find(([pattern]) => pattern.test(all))?.[1];
}

function wordsAndCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return `${errorText(error)} ${code} ${error.cause === undefined ? '' : wordsAndCauses(error.cause)}`;
}
