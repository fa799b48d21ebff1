import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startGceStandIn } from '../test/stand-ins/gce/index.js';
import { NoDescription } from '../test/stand-ins/gce/install.js';
import { fillStoreWithMachines } from '../test/stand-ins/gce/machines.js';
import { cost, inTurn, program } from './measure.js';
import { atMost, type Row } from './report.js';

const sdk = new URL('../dist/drivers/google/sdk.js', import.meta.url).href;

const service = `
const sdk = await import(${JSON.stringify(sdk)});
const open = async (auth, where) => {
  const client = new sdk.InstancesClient({ auth, fallback: true, universeDomain: 'googleapis.com', ...where }, { fallback: sdk.gax });
  await client.initialize();
  return client.innerApiCalls;
};
`;

/** The first call, up to where it would leave the computer. */
const prepared = `${service}
new sdk.GoogleAuth({ scopes: ['https://www.googleapis.com/auth/cloud-platform'] });
let asked = false;
const auth = { universeDomain: 'googleapis.com', getClient: async () => auth, fetch: async () => {
  asked = true;
  return { ok: true, status: 200, arrayBuffer: async () => new TextEncoder().encode('{"name": "m"}').buffer };
} };
await (await open(auth, {})).get({ project: 'p', zone: 'z', instance: 'm' }, { autoPaginate: false });
if (!asked) process.exit(1);
`;

/** What any program must do that lists the machines: how long the stand-in takes to answer is no time of ours. */
const bareCalls = `${service}
const { hostname, port } = new URL(process.env.GOOGLE_ENDPOINT);
const auth = new sdk.GoogleAuth({ projectId: process.env.GOOGLE_PROJECT, scopes: ['https://www.googleapis.com/auth/cloud-platform'] });
const calls = await open(auth, { servicePath: hostname, port: Number(port), protocol: 'http' });
await calls.aggregatedList({ project: process.env.GOOGLE_PROJECT }, { autoPaginate: false });
`;

/** The bundle of Google's SDK, and machines in a stand-in. */
export async function google(): Promise<Row[]> {
  const root = await mkdtemp(join(tmpdir(), 'tsmachine-bench-'));
  try {
    const cloud = await startGceStandIn();
    await cloud.reset({ looks: 0 });
    const [, ...later] = await fillStoreWithMachines(cloud, { root, zones: ['europe-west1-b', 'us-central1-a'], count: 50 });
    const env = { ...cloud.env(root), MACHINE_STORAGE_PATH: root };
    const script = (text: string) => [process.execPath, '--input-type=module', '-e', text];
    const { first, bare, ls } = await inTurn(7, {
      first: () => cost(script(prepared)),
      bare: () => cost(script(bareCalls), env),
      ls: () => cost([process.execPath, program, 'ls'], env),
    });
    const before = (await cloud.calls()).length;
    await cost([process.execPath, program, 'ls'], env);
    const calls = (await cloud.calls(before)).filter((call) => call.service === 'compute').length;
    const { size } = await stat(fileURLToPath(sdk));
    return [
      atMost("google: the bundle of Google's SDK", size / 1e6, 1.6, 'MB'),
      atMost('google: load of the bundle, with the first call prepared', first.wall, 0.4, 's'),
      atMost('google: calls for a machine whose network is there', Math.max(...later), 8, 'calls'),
      atMost('google: ls of 50 machines in two zones', calls, 3, 'calls'),
      atMost('google: ls of 50 machines, beyond the same call by the SDK alone', ls.wall - bare.wall, 0.5, 's'),
    ];
  } catch (error) {
    if (!(error instanceof NoDescription)) throw error;
    console.log(`The list of Google's machines is not measured: ${error.message}`);
    return [];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
