import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEc2StandIn } from '../test/stand-ins/ec2/index.js';
import { NoPython } from '../test/stand-ins/ec2/install.js';
import { fillStoreWithInstances } from '../test/stand-ins/ec2/machines.js';
import { cost, inTurn, program } from './measure.js';
import { atMost, type Row } from './report.js';

const sdk = new URL('../dist/drivers/amazonec2/sdk.js', import.meta.url).href;

const regions = ['eu-central-1', 'us-east-1'];

/** What any program must do: how long the stand-in takes to answer is no time of ours. */
const bareCalls = `
const { EC2Client, DescribeInstancesCommand } = await import(${JSON.stringify(sdk)});
const ask = (region) => new EC2Client({ region }).send(new DescribeInstancesCommand({}));
await Promise.all(${JSON.stringify(regions)}.map(ask));
`;

/** `ls` of instances in two regions of a stand-in, beyond a Node that loads nothing but Amazon's SDK. */
export async function clouds(): Promise<Row[]> {
  const root = await mkdtemp(join(tmpdir(), 'tsmachine-bench-'));
  try {
    const cloud = await startEc2StandIn();
    await cloud.reset({ pending: 0 });
    await fillStoreWithInstances(cloud, { root, regions, each: 25 });
    const env = { ...cloud.env(root), MACHINE_STORAGE_PATH: root };
    const { ls, load, bare } = await inTurn(7, {
      load: () => cost([process.execPath, '-e', `import(${JSON.stringify(sdk)})`]),
      bare: () => cost([process.execPath, '--input-type=module', '-e', bareCalls], env),
      ls: () => cost([process.execPath, program, 'ls'], env),
    });
    const before = (await cloud.calls()).length;
    await cost([process.execPath, program, 'ls'], env);
    const calls = (await cloud.calls(before)).length;
    const loading = `load of the SDK (${milliseconds(load.wall)}; with the two calls ${milliseconds(bare.wall)})`;
    return [
      atMost(`ls of 50 instances in two regions, beyond the ${loading}`, ls.wall - load.wall, 0.5, 's'),
      atMost('ls of 50 instances in two regions', calls, 3, 'calls'),
    ];
  } catch (error) {
    if (!(error instanceof NoPython)) throw error;
    console.log(`The list of instances is not measured: ${error.message}`);
    return [];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
