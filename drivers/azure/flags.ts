import type { FlagSpec } from '../../src/driver/contract.js';
import { flagSpecs } from '../../src/driver/kit/cloud/flags/specs.js';

export const prefix = 'azure-';

const { text, list, bool, int } = flagSpecs(prefix);

/** Docker Machine's flags with its variables, rancher-machine's, and tsmachine's own. */
export const flags: readonly FlagSpec[] = [
  // who
  text('subscription-id', 'Subscription', { env: 'AZURE_SUBSCRIPTION_ID', anywhere: true }),
  text('tenant-id', "Tenant (default: the credentials', or the subscription's)", { env: 'AZURE_TENANT_ID', anywhere: true }),
  text('client-id', 'Service principal, or a managed identity (default: the usual credentials of Azure)', {
    env: 'AZURE_CLIENT_ID',
    anywhere: true,
  }),
  text('client-secret', 'Secret of the service principal', { env: 'AZURE_CLIENT_SECRET', secret: true }),
  text('environment', 'Cloud', {
    default: 'AzurePublicCloud',
    values: ['AzurePublicCloud', 'AzureUSGovernmentCloud', 'AzureChinaCloud'],
    env: 'AZURE_ENVIRONMENT',
    anywhere: true,
  }),
  text('endpoint', "URL of another Azure Resource Manager (default: the cloud's)", {
    env: 'AZURE_RESOURCE_MANAGER_ENDPOINT',
    anywhere: true,
  }),
  text('authority', "URL of who gives tokens (default: the cloud's)", { env: 'AZURE_AUTHORITY_HOST', anywhere: true }),
  int('retries', 'How often a failed call is repeated, -1 for never', 5),
  // where
  text('location', 'Location', { default: 'westus', env: 'AZURE_LOCATION' }),
  list('availability-zone', 'Zone, such as 1; repeat in order of preference (default: wherever Azure has room)', {
    env: 'AZURE_AVAILABILITY_ZONE',
  }),
  text('resource-group', 'Resource group; one that exists is not changed (default: a group of this store)', {
    default: 'docker-machine',
    soft: true,
    env: 'AZURE_RESOURCE_GROUP',
  }),
  text('availability-set', 'Availability set', { env: 'AZURE_AVAILABILITY_SET' }),
  int('fault-domain-count', 'Fault domains of an availability set that is made', 3, { env: 'AZURE_FAULT_DOMAIN_COUNT' }),
  int('update-domain-count', 'Update domains of an availability set that is made', 5, { env: 'AZURE_UPDATE_DOMAIN_COUNT' }),
  text('proximity-group', 'Proximity placement group, as a name or an id', {}),
  // what
  text('image', 'ubuntu or debian, with :VERSION if you like: the newest image of it; or PUBLISHER:OFFER:SKU:VERSION, or an id', {
    default: 'ubuntu',
    soft: true,
    env: 'AZURE_IMAGE',
  }),
  text('plan', "Plan of the image: PUBLISHER:PRODUCT:PLAN (default: the image's)", {}),
  list('size', 'Size; repeat in order of preference', {
    default: ['Standard_B2als_v2', 'Standard_B2s_v2', 'Standard_D2as_v5'],
    soft: true,
    env: 'AZURE_SIZE',
  }),
  text('tags', 'More tags: key1,value1,key2,value2', { env: 'AZURE_TAGS' }),
  list('identity', 'Managed identity of programs on the machine: "system", or the id of one; repeat for several'),
  bool('encryption-at-host', 'Encrypt temporary disks and caches too', { env: 'AZURE_ENCRYPTION_AT_HOST' }),
  bool('engine-at-boot', "Let the machine install its distribution's docker.io while it boots first (Debian, Ubuntu)"),
  text('custom-data', 'File for cloud-init: a script, cloud-config or multipart archive', { env: 'AZURE_CUSTOM_DATA_FILE', file: true }),
  // spot
  bool('spot', 'Use a spot machine'),
  text('spot-max-price', 'The most to pay, in dollars per hour (default: the price on demand)'),
  bool('spot-fallback', 'Where no spot machine is to be had, take one on demand'),
  text('eviction-policy', 'What becomes of a spot machine that Azure takes back', {
    default: 'Deallocate',
    values: ['Deallocate', 'Delete'],
  }),
  // disk
  int('disk-size', "Disk in GB (default: the image's)", 30, { soft: true, env: 'AZURE_DISK_SIZE' }),
  text('storage-type', 'Type of the disk', { default: 'StandardSSD_LRS', oldDefault: 'Standard_LRS', env: 'AZURE_STORAGE_TYPE' }),
  bool('ephemeral-disk', 'Keep the disk on the host: fast and free, and gone when the machine is stopped for good'),
  bool('managed-disks', 'Always so', { env: 'AZURE_MANAGED_DISKS' }),
  // network
  text('vnet', 'Virtual network, [GROUP:]NAME; one that exists is not changed (default: a network of this store)', {
    default: 'docker-machine-vnet',
    soft: true,
    env: 'AZURE_VNET',
  }),
  text('subnet', 'Subnet', { default: 'docker-machine', soft: true, env: 'AZURE_SUBNET' }),
  text('subnet-prefix', 'Addresses of a subnet that is made', { default: '192.168.0.0/16', env: 'AZURE_SUBNET_PREFIX' }),
  text('nsg', 'Security group, as a name or an id; one that exists is not changed (default: a group of this store)', { env: 'AZURE_NSG' }),
  list('open-port', 'Port[/protocol] to open to everybody', { env: 'AZURE_OPEN_PORT' }),
  list('allowed-cidr', "Addresses that reach SSH and the engine, if the group is ours (default: this computer's public address)", {
    env: 'AZURE_ALLOWED_CIDR',
    oldDefault: ['0.0.0.0/0'],
  }),
  text('address-lookup', "URL that answers with this computer's public address", {
    default: 'https://checkip.amazonaws.com',
    env: 'AZURE_ADDRESS_LOOKUP',
  }),
  text('private-ip-address', 'A certain private address', {}),
  bool('use-private-ip', 'Reach the machine by its private address'),
  bool('no-public-ip', 'No public address'),
  bool('static-public-ip', 'Always so'),
  bool('enable-public-ip-standard-sku', 'Always so', { env: 'AZURE_STANDARD_PUBLIC_IP_SKU' }),
  text('dns', 'DNS label of the public address', { env: 'AZURE_DNS_LABEL' }),
  bool('accelerated-networking', 'Refuse sizes without it (default: used where the size has it)', { env: 'AZURE_ACCELERATED_NETWORKING' }),
  // access
  text('ssh-user', 'SSH user', { default: 'docker-user', env: 'AZURE_SSH_USER' }),
  text('ssh-keypath', 'Your own private SSH key', { file: true }),
  int('docker-port', 'Port of the engine', 2376, { env: 'AZURE_DOCKER_PORT' }),
];
