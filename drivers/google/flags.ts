import type { FlagSpec } from '../../src/driver/contract.js';
import { flagSpecs } from '../../src/driver/kit/cloud/flags/specs.js';

const { text, list, bool, int } = flagSpecs('google-');

/** Docker Machine's flags with its variables, then rancher-machine's, then tsmachine's own. */
export const flags: readonly FlagSpec[] = [
  // who
  text('project', 'Project', { env: 'GOOGLE_PROJECT', anywhere: true, example: 'my-project' }),
  text('auth-encoded-json', 'Credentials as JSON, also in base64 (default: application-default credentials)', {
    env: 'GOOGLE_AUTH_ENCODED_JSON',
    secret: true,
  }),
  text('impersonate-service-account', 'Service account that these credentials act as', {
    env: 'GOOGLE_IMPERSONATE_SERVICE_ACCOUNT',
    anywhere: true,
  }),
  // where
  list('zone', 'Zone; repeat in order of preference (default: us-central1-a, then the other zones of that region)', {
    default: ['us-central1-a'],
    soft: true,
    env: 'GOOGLE_ZONE',
  }),
  text('endpoint', 'URL of another endpoint of Compute Engine, such as a private one', { env: 'GOOGLE_ENDPOINT', anywhere: true }),
  int('retries', 'How often a failed call is repeated, -1 for never', 5),
  // what
  text('image', 'ubuntu or debian, with :VERSION if you like: the newest image of it', {
    default: 'ubuntu',
    soft: true,
    env: 'GOOGLE_IMAGE',
  }),
  text('machine-image', 'A certain image: PROJECT/global/images/NAME, or the newest of a family: PROJECT/global/images/family/NAME', {
    env: 'GOOGLE_MACHINE_IMAGE',
  }),
  list('machine-type', 'Machine type, also custom ones such as e2-custom-2-4096; repeat in order of preference', {
    default: ['n1-standard-1'],
    soft: true,
    env: 'GOOGLE_MACHINE_TYPE',
  }),
  text('service-account', 'Service account of programs on the machine, or none', { default: 'default', env: 'GOOGLE_SERVICE_ACCOUNT' }),
  text('scopes', 'What they may do with it at most, separated by commas', {
    default: 'storage-ro,logging-write,monitoring-write',
    env: 'GOOGLE_SCOPES',
  }),
  text('accelerator', 'GPU: TYPE or TYPE:COUNT, such as nvidia-tesla-t4:1'),
  text('min-cpu-platform', 'Oldest CPU that will do, such as "Intel Ice Lake"'),
  bool('secure-boot', 'Boot signed software alone (shielded VM)'),
  bool('deletion-protection', 'Google refuses to delete the machine'),
  text('vm-labels', 'More labels: key1,value1,key2,value2', { env: 'GOOGLE_VM_LABELS' }),
  bool('engine-at-boot', "Let the machine install its distribution's docker.io while it boots first"),
  text('userdata', 'File for cloud-init: a script, cloud-config or multipart archive', { env: 'GOOGLE_USERDATA', file: true }),
  bool('use-existing', 'Take the VM of that name, which is there already', { env: 'GOOGLE_USE_EXISTING' }),
  // spot
  bool('spot', 'Use a spot VM', { env: 'GOOGLE_SPOT' }),
  bool('preemptible', 'Use a preemptible VM, which Google stops after a day at the latest', { env: 'GOOGLE_PREEMPTIBLE' }),
  bool('spot-fallback', 'Where no spot or preemptible VM is to be had, take an ordinary one'),
  // disk
  int('disk-size', 'Disk in GB (default: more if the image needs it)', 10, { soft: true, env: 'GOOGLE_DISK_SIZE' }),
  text('disk-type', 'Disk type (default: hyperdisk-balanced for machine types that take no other)', {
    default: 'pd-balanced',
    soft: true,
    oldDefault: 'pd-standard',
    env: 'GOOGLE_DISK_TYPE',
  }),
  int('disk-iops', 'Operations a second that the disk allows (hyperdisk, pd-extreme), 0 for its default', 0),
  int('disk-throughput', 'MB a second that the disk allows (hyperdisk), 0 for its default', 0),
  text('disk-kms-key', "Key that encrypts the disk: projects/P/locations/L/keyRings/R/cryptoKeys/K (default: Google's)"),
  // network
  text('network', 'Network, also of another project: projects/HOST/global/networks/NAME', { default: 'default', env: 'GOOGLE_NETWORK' }),
  text('subnetwork', 'Subnetwork, also of another project: projects/HOST/regions/REGION/subnetworks/NAME', {
    env: 'GOOGLE_SUBNETWORK',
  }),
  text('tags', 'More network tags, separated by commas', { env: 'GOOGLE_TAGS' }),
  text('address', 'Address that stays: "new", the name of one of yours, or the address itself', { env: 'GOOGLE_ADDRESS' }),
  text('network-tier', 'How traffic gets to the address', { values: ['premium', 'standard'] }),
  bool('ipv6', 'An IPv6 address too; the subnetwork must have some'),
  bool('use-internal-ip', 'Reach the machine by its internal address', { env: 'GOOGLE_USE_INTERNAL_IP' }),
  bool('use-internal-ip-only', 'No external address', { env: 'GOOGLE_USE_INTERNAL_IP_ONLY' }),
  list('open-port', 'Port[/protocol] to open to everybody', { env: 'GOOGLE_OPEN_PORT' }),
  list('allowed-cidr', "Addresses that reach SSH and the engine (default: this computer's public address)", {
    env: 'GOOGLE_ALLOWED_CIDR',
    oldDefault: ['0.0.0.0/0', '::/0'],
  }),
  text('address-lookup', "URL that answers with this computer's public address", {
    default: 'https://checkip.amazonaws.com',
    env: 'GOOGLE_ADDRESS_LOOKUP',
  }),
  bool('firewall-readonly', 'Never change firewall rules', { env: 'GOOGLE_FIREWALL_READONLY' }),
  text('external-firewall-rule-prefix', "Begin the tag of rancher-machine's rule for open ports with this"),
  text('internal-firewall-rule-prefix', "Begin the tag of rancher-machine's rule for a cluster with this"),
  // access
  text('username', 'SSH user', { default: 'docker-user', env: 'GOOGLE_USERNAME' }),
];
