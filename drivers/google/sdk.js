/**
 * All that is used of Google's SDK. The build makes one file of it (scripts/build.mjs), with the services, methods and messages that
 * call/actions.ts names alone, and without gRPC. This is JavaScript because the SDK's own declarations are 32 MB, which every type check
 * would read; sdk.d.ts says what is used of them.
 */
export { AddressesClient } from '@google-cloud/compute/build/src/v1/addresses_client.js';
export { DisksClient } from '@google-cloud/compute/build/src/v1/disks_client.js';
export { FirewallsClient } from '@google-cloud/compute/build/src/v1/firewalls_client.js';
export { GlobalOperationsClient } from '@google-cloud/compute/build/src/v1/global_operations_client.js';
export { ImagesClient } from '@google-cloud/compute/build/src/v1/images_client.js';
export { InstancesClient } from '@google-cloud/compute/build/src/v1/instances_client.js';
export { MachineTypesClient } from '@google-cloud/compute/build/src/v1/machine_types_client.js';
export { NetworksClient } from '@google-cloud/compute/build/src/v1/networks_client.js';
export { ProjectsClient } from '@google-cloud/compute/build/src/v1/projects_client.js';
export { RegionOperationsClient } from '@google-cloud/compute/build/src/v1/region_operations_client.js';
export { SubnetworksClient } from '@google-cloud/compute/build/src/v1/subnetworks_client.js';
export { ZoneOperationsClient } from '@google-cloud/compute/build/src/v1/zone_operations_client.js';
export { ZonesClient } from '@google-cloud/compute/build/src/v1/zones_client.js';
export { GoogleAuth, Impersonated } from 'google-auth-library';
export * as gax from 'google-gax/fallback';
