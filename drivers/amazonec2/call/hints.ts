import { errorText } from '../../../src/base/errors.js';
import type { Text } from '../../../src/base/text.js';

interface Asked {
  readonly action: string;
  readonly region: string;
  readonly profile: string;
}

type Hint = (asked: Asked, words: string) => Text | undefined;

const credentials = 'Give --amazonec2-profile, or --amazonec2-access-key and --amazonec2-secret-key, or set the variables of AWS';
const renewed: Hint = ({ profile }) =>
  `The credentials have expired, or the clock of this computer is wrong. Get new ones, such as with: aws sso login${profileWord(profile)}`;
const quota: Hint = ({ region }) =>
  `Ask for more at https://console.aws.amazon.com/servicequotas/home?region=${region}, or give another --amazonec2-instance-type`;
const noCapacity: Hint = () => 'Name more types or zones: --amazonec2-instance-type and --amazonec2-zone can be repeated';
const noRight: Hint = ({ action }, words) => {
  const wanted = /perform: ([\w-]+:\w+)/.exec(words)?.[1] ?? `${action === 'GetParameters' ? 'ssm' : 'ec2'}:${action}`;
  const encoded = /Encoded authorization failure message: (\S+)/.exec(words)?.[1];
  const decode = encoded === undefined ? '' : `\nThe whole reason: aws sts decode-authorization-message --encoded-message ${encoded}`;
  return `Allow ${wanted} in the policy of these credentials (docs/amazonec2.md has the least policy)${decode}`;
};
const flag =
  (name: string, why = ''): Hint =>
  () =>
    `Correct --amazonec2-${name}${why}`;

/** What to do about each of Amazon's codes (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html). */
const hints: Readonly<Record<string, Hint>> = {
  // who
  AuthFailure: () => `Amazon does not know these credentials, or not in this region. ${credentials}`,
  InvalidClientTokenId: () => `Amazon does not know this access key. ${credentials}`,
  UnrecognizedClientException: () => `Amazon does not know this access key. ${credentials}`,
  SignatureDoesNotMatch: () => `The secret key does not belong to the access key, or the clock of this computer is wrong. ${credentials}`,
  MissingAuthenticationToken: () => credentials,
  RequestExpired: renewed,
  ExpiredToken: renewed,
  ExpiredTokenException: renewed,
  UnauthorizedOperation: noRight,
  AccessDenied: noRight,
  AccessDeniedException: noRight,
  OptInRequired: ({ region }) =>
    `Enable the region ${region} at https://console.aws.amazon.com/billing/home#/account, or give another --amazonec2-region`,
  Blocked: () => 'Amazon has blocked the account: write to https://console.aws.amazon.com/support',
  PendingVerification: () => 'Amazon is still checking the new account; this may take some hours. Try again then',
  // how much
  VcpuLimitExceeded: quota,
  InstanceLimitExceeded: quota,
  MaxSpotInstanceCountExceeded: quota,
  VolumeLimitExceeded: quota,
  AddressLimitExceeded: quota,
  SecurityGroupLimitExceeded: quota,
  RulesPerSecurityGroupLimitExceeded: quota,
  RequestLimitExceeded: () =>
    'Other programs call the same account as well: try again in a minute, or make fewer machines at once (--concurrency)',
  InsufficientInstanceCapacity: noCapacity,
  InsufficientHostCapacity: noCapacity,
  InsufficientReservedInstanceCapacity: noCapacity,
  InsufficientFreeAddressesInSubnet: flag('subnet-id', ': this subnet has no free address'),
  SpotMaxPriceTooLow: flag('spot-price', ', or leave it out'),
  // what
  'InvalidAMIID.NotFound': flag('ami', ': each region has ids of its own'),
  'InvalidAMIID.Malformed': flag('ami'),
  'InvalidAMIID.Unavailable': flag('ami', ': the image cannot be used now'),
  InvalidInstanceType: flag('instance-type'),
  Unsupported: () => 'This zone or region does not have what was asked for: give another --amazonec2-instance-type or --amazonec2-zone',
  'InvalidKeyPair.NotFound': flag('keypair-name'),
  'InvalidSubnetID.NotFound': flag('subnet-id'),
  'InvalidVpcID.NotFound': flag('vpc-id'),
  'InvalidGroup.NotFound': flag('security-group'),
  'InvalidPlacementGroup.Unknown': flag('placement-group'),
  'InvalidAllocationID.NotFound': flag('elastic-ip'),
  InvalidZone: flag('zone'),
  DefaultVpcDoesNotExist: () => 'The account has no default network in this region: give --amazonec2-vpc-id or --amazonec2-subnet-id',
  VPCIdNotSpecified: () => 'The account has no default network in this region: give --amazonec2-vpc-id or --amazonec2-subnet-id',
  VPCResourceNotSpecified: () => 'This instance type needs a network: give --amazonec2-vpc-id or --amazonec2-subnet-id',
  InvalidUserData: flag('userdata'),
  // life
  OperationNotPermitted: () => 'The instance is protected: take its protection away in the EC2 console, and try again',
  IncorrectInstanceState: () => 'The instance is changing its state: try again in a moment',
};

/** Of failures without an answer of Amazon's, by the words of the SDK or the system. */
const unasked: readonly (readonly [RegExp, Hint])[] = [
  [/requires multi-factor authentication/, () => 'Nobody can be asked for the code here: run the command on a terminal'],
  [/SSO|sso/, ({ profile }) => `Log in again: aws sso login${profileWord(profile)}`],
  [
    /Could not resolve credentials using profile|Profile .* (could not be found|not found)/,
    flag('profile', ', or write it to ~/.aws/config'),
  ],
  [
    /ENOTFOUND/,
    ({ region }) =>
      `Check the network of this computer. If it works, ${region} is no region (--amazonec2-region), or --amazonec2-endpoint is wrong`,
  ],
  [
    /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|no answer|hang up/,
    () => 'Check the network of this computer, and --amazonec2-endpoint if you gave one',
  ],
  [/certificate|EPROTO|SSL|wrong version number/i, () => 'For an endpoint without TLS, give --amazonec2-insecure-transport'],
];

/** The next thing to do about an error of the SDK; undefined when nothing is known. Pure. */
export function hintFor(error: unknown, code: string | undefined, asked: Asked): Text | undefined {
  const words = errorText(error);
  if (code !== undefined) return hints[code]?.(asked, words);
  const all = `${words} ${causes(error)}`;
  return unasked.find(([pattern]) => pattern.test(all))?.[1](asked, words);
}

function causes(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error ? String(error.code) : '';
  return `${code} ${error.cause === undefined ? '' : `${errorText(error.cause)} ${causes(error.cause)}`}`;
}

function profileWord(profile: string): string {
  return profile === '' ? '' : ` --profile ${profile}`;
}
