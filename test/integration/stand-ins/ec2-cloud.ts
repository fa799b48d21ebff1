import {
  CreateSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type Instance,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

import type { AccessKey, Ec2StandIn } from '../../stand-ins/ec2/index.js';

type Arch = 'amd64' | 'arm64';

/** A client that asks once, so that each refusal is seen. */
export function oneAttempt(cloud: Ec2StandIn, key?: AccessKey, region?: string): EC2Client {
  return new EC2Client({ ...cloud.client(key, region), maxAttempts: 1 });
}

/** `CODE STATUS: message`; fails when the call was not refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as { name: string; message: string; $metadata?: { httpStatusCode?: number } };
    return `${name} ${$metadata?.httpStatusCode ?? 'no answer'}: ${message}`;
  }
  throw new Error('the call was not refused');
}

export async function ubuntu(cloud: Ec2StandIn, arch: Arch = 'amd64', region = 'us-east-1'): Promise<string> {
  const Name = `/aws/service/canonical/ubuntu/server/24.04/stable/current/${arch}/hvm/ebs-gp3/ami-id`;
  const { Parameter } = await new SSMClient(cloud.client(undefined, region)).send(new GetParameterCommand({ Name }));
  return Parameter?.Value ?? '';
}

/** Launches one instance in the plainest way, with what a test adds. */
export async function launch(ec2: EC2Client, more: Partial<RunInstancesCommandInput>): Promise<Instance & { readonly InstanceId: string }> {
  const { Instances } = await ec2.send(new RunInstancesCommand({ InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, ...more }));
  const instance = Instances?.[0];
  if (instance?.InstanceId === undefined) throw new Error('no instance was made');
  return { ...instance, InstanceId: instance.InstanceId };
}

export async function look(ec2: EC2Client, id: string): Promise<Instance | undefined> {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
}

/** Looks until the instance is in a state. The stand-in's time goes on with each look. */
export async function until(ec2: EC2Client, id: string, state: string): Promise<Instance> {
  for (let looks = 0; looks < 20; looks++) {
    const seen = await look(ec2, id);
    if (seen?.State?.Name === state) return seen;
  }
  throw new Error(`${id} did not become ${state}`);
}

export async function terminate(ec2: EC2Client, ...InstanceIds: string[]): Promise<void> {
  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
}

export async function group(ec2: EC2Client, GroupName: string, VpcId?: string): Promise<string> {
  const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'd', VpcId }));
  return made.GroupId ?? '';
}

export async function subnetIn(ec2: EC2Client, zone: string): Promise<string> {
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'availability-zone', Values: [zone] }] }));
  return Subnets?.[0]?.SubnetId ?? '';
}

/** What exists, without ids: the kind alone. */
export async function kinds(cloud: Ec2StandIn): Promise<readonly string[]> {
  return (await cloud.inventory()).map((line) => line.split(' ')[2] ?? '');
}
