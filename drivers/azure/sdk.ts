/**
 * All that is used of Azure's SDK. The build makes one file of it (scripts/build.mjs), which is loaded when the first call is made.
 */
export { ComputeManagementClient } from '@azure/arm-compute';
export { NetworkManagementClient } from '@azure/arm-network';
export { ResourceManagementClient } from '@azure/arm-resources';
export { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline';
export { ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
