import type { FlagSpec } from '../../src/driver/contract.js';
import { flagSpecs } from '../../src/driver/kit/cloud/flags/specs.js';

const { text, list, bool, int } = flagSpecs('amazonec2-');

/** Docker Machine's flags with its variables, then rancher-machine's, then tsmachine's own. */
export const flags: readonly FlagSpec[] = [
  // who
  text('access-key', 'Access key (default: the usual chain of AWS)', { env: 'AWS_ACCESS_KEY_ID', secret: true }),
  text('secret-key', 'Secret key', { env: 'AWS_SECRET_ACCESS_KEY', secret: true }),
  text('session-token', 'Session token of temporary credentials', { env: 'AWS_SESSION_TOKEN', secret: true }),
  text('profile', 'Profile of ~/.aws/config', { env: 'AWS_PROFILE', anywhere: true }),
  // where
  text('region', 'Region', { default: 'us-east-1', env: 'AWS_DEFAULT_REGION' }),
  list('zone', 'Zone, such as a or eu-central-1a; repeat in order of preference (default: every zone that has the type)', {
    env: 'AWS_ZONE',
  }),
  text('vpc-id', "Network (default: the account's default VPC)", { env: 'AWS_VPC_ID' }),
  list('subnet-id', 'Subnet; repeat in order of preference', { env: 'AWS_SUBNET_ID' }),
  text('endpoint', 'URL of another endpoint of EC2', { env: 'AWS_ENDPOINT' }),
  bool('insecure-transport', 'Speak plain HTTP to that endpoint', { env: 'AWS_INSECURE_TRANSPORT' }),
  int('retries', 'How often a failed call is repeated, -1 for never', 5),
  // what
  text('image', 'ubuntu, debian or amazonlinux, with :VERSION if you like: the newest image of it', {
    default: 'ubuntu',
    soft: true,
    env: 'AWS_IMAGE',
  }),
  text('ami', 'A certain image by its id', { env: 'AWS_AMI' }),
  list('instance-type', 'Instance type; repeat in order of preference', {
    default: ['t3.micro'],
    soft: true,
    env: 'AWS_INSTANCE_TYPE',
  }),
  text('iam-instance-profile', 'Instance profile: the role of programs on the machine', { env: 'AWS_INSTANCE_PROFILE' }),
  bool('monitoring', 'Detailed monitoring'),
  bool('use-ebs-optimized-instance', 'EBS optimization, for old types'),
  text('cpu-credits', 'Of burstable types', { values: ['standard', 'unlimited'] }),
  text('tenancy', 'Hardware of one account alone', { values: ['default', 'dedicated', 'host'] }),
  text('placement-group', 'Placement group'),
  bool('hibernation', 'Stop by hibernation'),
  bool('termination-protection', 'AWS refuses to terminate the machine'),
  text('tags', 'More tags: key1,value1,key2,value2', { env: 'AWS_TAGS' }),
  bool('engine-at-boot', "Let the machine install its distribution's docker.io while it boots first (Debian, Ubuntu)"),
  text('userdata', 'File for cloud-init: a script, cloud-config or multipart archive', { env: 'AWS_USERDATA', file: true }),
  // spot
  bool('request-spot-instance', 'Use a spot instance'),
  text('spot-price', 'The most to pay, in dollars per hour (default: the price on demand)'),
  bool('spot-fallback', 'Where no spot instance is to be had, take one on demand'),
  int('block-duration-minutes', 'No longer offered by AWS', 0),
  // disk
  int('root-size', 'Disk in GB (default: more if the image needs it)', 16, { soft: true, env: 'AWS_ROOT_SIZE' }),
  text('device-name', "Root device (default: the image's)", { default: '/dev/sda1', soft: true, env: 'AWS_DEVICE_NAME' }),
  text('volume-type', 'Volume type', { default: 'gp3', env: 'AWS_VOLUME_TYPE' }),
  int('volume-iops', 'Operations a second that the volume allows, 0 for its default', 0),
  int('volume-throughput', 'MB a second that the volume allows (gp3), 0 for its default', 0),
  bool('encrypt-ebs-volume', 'Encrypt the disk', { env: 'AWS_ENCRYPT_EBS_VOLUME' }),
  text('kms-key', 'Key for it (default: the key of the account for EBS)', { env: 'AWS_KMS_KEY' }),
  // network
  list('security-group', 'Security group; one that exists is not changed (default: a group of this store)', {
    default: ['docker-machine'],
    soft: true,
    env: 'AWS_SECURITY_GROUP',
  }),
  bool('security-group-readonly', 'Never change a security group', { env: 'AWS_SECURITY_GROUP_READONLY' }),
  list('open-port', 'Port[/protocol] to open to everybody'),
  list('allowed-cidr', "Addresses that reach SSH and the engine, if the group is ours (default: this computer's public address)", {
    env: 'AWS_ALLOWED_CIDR',
    oldDefault: ['0.0.0.0/0', '::/0'],
  }),
  text('address-lookup', "URL that answers with this computer's public address", {
    default: 'https://checkip.amazonaws.com',
    env: 'AWS_ADDRESS_LOOKUP',
  }),
  bool('private-address-only', 'No public address'),
  bool('use-private-address', 'Reach the machine by its private address'),
  text('elastic-ip', 'An address that stays: "new", or the allocation id of one of yours', {}),
  list('extra-subnet-id', 'Subnet of one more network interface, in the zone of the machine'),
  int('ipv6-address-count', 'IPv6 addresses', 0, { env: 'AWS_IPV6_ADDRESS_COUNT' }),
  bool('enable-primary-ipv6', 'Make the first IPv6 address the primary one', { env: 'AWS_ENABLE_PRIMARY_IPV6' }),
  bool('ipv6-address-only', 'Reach the machine by IPv6', { env: 'AWS_IPV6_ADDRESS_ONLY' }),
  // access
  text('ssh-user', 'SSH user', { default: 'ubuntu', soft: true, env: 'AWS_SSH_USER' }),
  int('ssh-port', 'SSH port', 22, { env: 'AWS_SSH_PORT' }),
  text('ssh-keypath', 'Your own private SSH key', { env: 'AWS_SSH_KEYPATH', file: true }),
  text('keypair-name', 'A key pair of yours that EC2 knows; with --amazonec2-ssh-keypath', { env: 'AWS_KEYPAIR_NAME' }),
  text('http-endpoint', 'Metadata service', { default: 'enabled', values: ['enabled', 'disabled'], env: 'AWS_HTTP_ENDPOINT' }),
  text('http-tokens', 'Whether it asks for tokens (IMDSv2)', {
    default: 'required',
    values: ['required', 'optional'],
    env: 'AWS_HTTP_TOKENS',
  }),
  text('http-protocol-ipv6', 'Metadata service over IPv6', {
    default: 'disabled',
    values: ['enabled', 'disabled'],
    env: 'AWS_HTTP_PROTOCOL_IPV6',
  }),
  int('metadata-hop-limit', 'How far its answers go; 2 lets containers have the role of the machine', 1),
];
