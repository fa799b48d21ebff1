import type { Driver, DriverContext, DriverData, Endpoint, FlagValues, Look } from '../../src/driver/contract.js';
import { accountOf, type Caller, type Ec2, type OpenEc2 } from './api.js';
import { checkConfig } from './check.js';
import { readConfig, type Config } from './config.js';
import { placeOf } from './credentials.js';
import { parseConfig } from './parse.js';

type World = Caller & { readonly secrets: FlagValues };

/** The driver over any EC2; tests bring their own. */
export function amazonec2Over(open: OpenEc2): Driver {
  const ec2 = (data: DriverData, ctx: World): Ec2 => open(placeOf(data, ctx.secrets), ctx);
  return {
    parse: async (input) => Promise.resolve(parseConfig(input)),
    check: checkConfig,
    async precheck(data, ctx) {
      await ec2(data, ctx).call('DescribeVpcs', {});
    },
    async create(data, ctx) {
      const config = readConfig(data);
      const { storeId, machineId } = await ctx.owner().then(({ store, machine }) => ({ storeId: store, machineId: machine }));
      const aws = ec2(data, ctx);
      const { bytes } = await ctx.bootData({ datasource: 'Ec2', user: config.sshUser, limit: 16_384, measured: 'raw', gzip: true });
      const id = await ctx.resource(
        'instance',
        { kind: 'EC2 instance', scope: 'machine', request: { image: config.ami, type: config.own.instanceTypes[0] } },
        {
          find: async (entry) => {
            if (entry.id !== undefined) return entry.id;
            const filters = [{ Name: 'tag:tsmachine.machine', Values: [machineId] }];
            const { Reservations: reservations = [] } = await aws.call('DescribeInstances', { Filters: filters });
            return reservations[0]?.Instances?.[0]?.InstanceId;
          },
          make: async ({ image, type }, token) => {
            const tags = [
              { Key: 'Name', Value: ctx.machineName },
              { Key: 'tsmachine.store', Value: storeId },
              { Key: 'tsmachine.machine', Value: machineId },
            ];
            const { Instances: instances = [] } = await aws.call('RunInstances', {
              ImageId: image,
              InstanceType: type as 't3.micro',
              MinCount: 1,
              MaxCount: 1,
              ClientToken: token,
              UserData: bytes.toString('base64'),
              TagSpecifications: [{ ResourceType: 'instance', Tags: tags }],
            });
            return instances[0]?.InstanceId ?? '';
          },
        },
      );
      await ctx.keep({ InstanceId: id });
    },
    look: async (data, ctx) => lookAt(readConfig(data), ec2(data, ctx)),
    start: async (data, ctx) => void (await ec2(data, ctx).call('StartInstances', { InstanceIds: [readConfig(data).instanceId] })),
    stop: async (data, ctx) => void (await ec2(data, ctx).call('StopInstances', { InstanceIds: [readConfig(data).instanceId] })),
    kill: async (data, ctx) =>
      void (await ec2(data, ctx).call('StopInstances', { InstanceIds: [readConfig(data).instanceId], Force: true })),
    async remove(data, ctx: DriverContext) {
      const { instanceId } = readConfig(data);
      if (instanceId !== '') await ec2(data, ctx).call('TerminateInstances', { InstanceIds: [instanceId] });
      for (const entry of await ctx.resources()) await ctx.released(entry);
      return { left: [] };
    },
    account: (data, secrets) => accountOf(placeOf(data, secrets)),
  };
}

async function lookAt(config: Config, aws: Ec2): Promise<Look> {
  const { Reservations: reservations = [] } = await aws.call('DescribeInstances', { InstanceIds: [config.instanceId] });
  const instance = reservations[0]?.Instances?.[0];
  return { state: instance?.State?.Name === 'running' ? 'Running' : 'Starting', ...endpointOf(config) };
}

function endpointOf(_config: Config): Endpoint {
  return { addresses: [] };
}
