import { TsmachineError, systemCode } from '../../../src/base/errors.js';
import { nearest } from '../../../src/base/nearest.js';
import type { Ec2 } from '../api.js';
import { codeOf } from '../errors.js';

/** Where the list of regions is asked for: Amazon keeps its usual regions, China and GovCloud apart. */
function homeOf(region: string): string {
  if (region.startsWith('cn-')) return 'cn-north-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}

/**
 * Explains a failure whose reason may be that the region is unknown, or not enabled by the account: then the DNS does not know its name, or
 * Amazon does not know the credentials there.
 * @param open EC2 in another region
 * @returns the error to be thrown: what was thrown, unless the region is the reason
 */
export async function explainRegion(error: unknown, region: string, open: (region: string) => Ec2): Promise<unknown> {
  if (!isSuspect(error) || region === homeOf(region)) return error;
  const known = await regionsFrom(open(homeOf(region)));
  if (known.size === 0) return error;
  const state = known.get(region);
  if (state === undefined) {
    const near = nearest(region, [...known.keys()].sort());
    return new TsmachineError('FLAG_INVALID', `There is no region ${region} (--amazonec2-region)`, {
      cause: error,
      hint: near === undefined ? `There are ${[...known.keys()].sort().join(', ')}` : `Did you mean ${near}?`,
    });
  }
  if (state !== 'not-opted-in') return error;
  return new TsmachineError('FLAG_INVALID', `The account has not enabled the region ${region} (--amazonec2-region)`, {
    cause: error,
    hint: `Enable it: aws account enable-region --region-name ${region}`,
  });
}

function isSuspect(error: unknown): boolean {
  if (/^(AuthFailure|OptInRequired|UnrecognizedClientException|InvalidClientTokenId)$/.test(codeOf(error) ?? '')) return true;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if (systemCode(cause) === 'ENOTFOUND') return true;
  return false;
}

/** Every region, with what the account has to do with it; none where that cannot be told. */
async function regionsFrom(ec2: Ec2): Promise<ReadonlyMap<string, string>> {
  const { Regions: regions = [] } = await ec2.recall('DescribeRegions', { AllRegions: true }).catch(() => ({ Regions: [] }));
  return new Map(regions.map(({ RegionName: name = '', OptInStatus: state = '' }) => [name, state]));
}
