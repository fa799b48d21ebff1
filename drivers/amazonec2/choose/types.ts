import { TsmachineError } from '../../../src/base/errors.js';
import { nearest } from '../../../src/base/nearest.js';
import type { Ec2 } from '../api.js';
import { codeOf } from '../errors.js';
import type { Architecture } from './vendors.js';

/** What matters of an instance type. */
export interface TypeFacts {
  /** For which its image must be made. */
  readonly architecture: Architecture;
  readonly canHibernate: boolean;
}

/** The facts of types, by name. @throws TsmachineError FLAG_INVALID, with the nearest name there is */
export async function typesOf(names: readonly string[], region: string, ec2: Ec2): Promise<ReadonlyMap<string, TypeFacts>> {
  const { InstanceTypes: types = [] } = await ec2
    .recall('DescribeInstanceTypes', { InstanceTypes: names as 't3.micro'[] })
    .catch(async (error: unknown) => {
      if (codeOf(error) !== 'InvalidInstanceType' && codeOf(error) !== 'InvalidParameterValue') throw error;
      throw await unknownType(names, region, ec2, error);
    });
  return new Map(
    types.map(({ InstanceType: name = '', ProcessorInfo: processor, HibernationSupported: canHibernate = false }) => {
      const all: readonly string[] = processor?.SupportedArchitectures ?? [];
      const architecture = (['x86_64', 'arm64'] as const).find((each) => all.includes(each));
      if (architecture) return [name, { architecture, canHibernate }];
      throw new TsmachineError(
        'FLAG_INVALID',
        `--amazonec2-instance-type ${name} is a type for ${all.join(', ')}: machines run Linux on x86_64 or arm64`,
      );
    }),
  );
}

async function unknownType(names: readonly string[], region: string, ec2: Ec2, cause: unknown): Promise<TsmachineError> {
  const known = new Set<string>();
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = await ec2.recall('DescribeInstanceTypeOfferings', {
      MaxResults: 1000,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    for (const { InstanceType: name } of page.InstanceTypeOfferings ?? []) if (name !== undefined) known.add(name);
    token = page.NextToken;
  }
  const wrong = names.filter((name) => !known.has(name));
  const near = wrong.flatMap((name) => nearest(name, [...known].sort()) ?? []);
  return new TsmachineError('FLAG_INVALID', `${region} has no instance type ${wrong.join(', ')} (--amazonec2-instance-type)`, {
    cause: cause instanceof Error ? cause.cause : cause,
    hint:
      near.length === 0
        ? `The types of a region: aws ec2 describe-instance-type-offerings --region ${region}`
        : `Did you mean ${near.join(', ')}?`,
  });
}
