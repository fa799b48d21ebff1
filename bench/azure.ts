import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startArmStandIn } from '../test/stand-ins/arm/index.js';
import { fillStoreWithMachines } from '../test/stand-ins/arm/machines.js';
import { cost, inTurn, program } from './measure.js';
import { atMost, type Row } from './report.js';

const sdk = new URL('../dist/drivers/azure/sdk.js', import.meta.url).href;

/** The first call, up to where it would leave the computer. */
const prepared = `
const sdk = await import(${JSON.stringify(sdk)});
const credential = { getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
const answered = { sendRequest: (request) => Promise.resolve({ request, status: 404, headers: request.headers, bodyAsText: '{}' }) };
new sdk.DefaultAzureCredential();
const options = { httpClient: answered, retryOptions: { maxRetries: 0 } };
new sdk.NetworkManagementClient(credential, 'subscription', options);
new sdk.ResourceManagementClient(credential, 'subscription', options);
const compute = new sdk.ComputeManagementClient(credential, 'subscription', options);
await compute.virtualMachines.get('group', 'machine').catch(({ statusCode }) => {
  if (statusCode !== 404) process.exit(1);
});
`;

/** What any program must do that lists the machines: how long the stand-in takes to answer is no time of ours. */
const bareCalls = `
const sdk = await import(${JSON.stringify(sdk)});
const { AZURE_RESOURCE_MANAGER_ENDPOINT: endpoint, AZURE_AUTHORITY_HOST: authorityHost, AZURE_SUBSCRIPTION_ID: subscription } = process.env;
const credential = new sdk.DefaultAzureCredential({ authorityHost, disableInstanceDiscovery: true });
const scopes = [endpoint + '/.default'];
const compute = new sdk.ComputeManagementClient(credential, subscription, { endpoint, credentials: { scopes } });
const network = new sdk.NetworkManagementClient(credential, subscription, { endpoint, $host: endpoint, credentialScopes: scopes });
const all = async (list) => { for await (const _ of list); };
await Promise.all([compute.virtualMachines.listAll(), network.networkInterfaces.listAll(), network.publicIPAddresses.listAll()].map(all));
`;

/** The bundle of Azure's SDK, and machines in a stand-in. */
export async function azure(): Promise<Row[]> {
  const root = await mkdtemp(join(tmpdir(), 'tsmachine-bench-'));
  try {
    const cloud = await startArmStandIn();
    await cloud.reset({ pending: 0 });
    const [, ...later] = await fillStoreWithMachines(cloud, { root, location: 'westeurope', count: 50 });
    const env = { ...cloud.env(root), MACHINE_STORAGE_PATH: root };
    const script = (text: string) => [process.execPath, '--input-type=module', '-e', text];
    const { first, bare, ls } = await inTurn(7, {
      first: () => cost(script(prepared)),
      bare: () => cost(script(bareCalls), env),
      ls: () => cost([process.execPath, program, 'ls'], env),
    });
    const before = (await cloud.calls()).length;
    await cost([process.execPath, program, 'ls'], env);
    const calls = (await cloud.calls(before)).filter(({ action }) => action !== 'token').length;
    const { size } = await stat(fileURLToPath(sdk));
    return [
      atMost("azure: the bundle of Azure's SDK", size / 1e6, 2.5, 'MB'),
      atMost('azure: load of the bundle, with the first call prepared', first.wall, 0.4, 's'),
      atMost('azure: calls for a machine whose network is there', Math.max(...later), 8, 'calls'),
      atMost('azure: ls of 50 machines', calls, 3, 'calls'),
      atMost('azure: ls of 50 machines, beyond the same calls by the SDK alone', ls.wall - bare.wall, 0.5, 's'),
    ];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
