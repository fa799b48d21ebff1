import { quotaExceeded } from '../../api/errors.js';
import { machineType, regionOf, type MachineType } from '../catalog.js';
import type { LateError } from '../operations.js';
import { lastPart, type Instance } from '../resource.js';
import type { Request } from '../world.js';
import type { WantedInterface } from './interfaces.js';

/** CPUs of what runs, by which of them are counted. */
function cpusOf({ project }: Request, counts: (instance: Instance) => boolean): number {
  const all = [...project.own('instances')].map(([, each]) => each as Instance);
  const running = all.filter((each) => each.status !== 'TERMINATED' && counts(each));
  return running.reduce((sum, each) => sum + (machineType(project.id, lastPart(each.zone), lastPart(each.machineType))?.guestCpus ?? 0), 0);
}

/** @throws Refusal 403 when a region's quota is used up */
export function expectQuota(
  request: Request,
  zone: string,
  type: MachineType,
  preemptible: boolean,
  interfaces: readonly WantedInterface[],
): void {
  const { project } = request;
  const region = regionOf(zone);
  const here = (each: Instance) => regionOf(lastPart(each.zone)) === region;
  const { quotas } = project;
  const expect = (metric: string, used: number, more: number, most = Infinity) => {
    if (used + more > most) throw quotaExceeded(metric, most, `in region ${region}`);
  };
  const spotOwn = preemptible && quotas.preemptibleCpus !== undefined;
  const cpus = cpusOf(request, (each) => here(each) && (each.scheduling.preemptible && quotas.preemptibleCpus !== undefined) === spotOwn);
  expect(spotOwn ? 'PREEMPTIBLE_CPUS' : 'CPUS', cpus, type.guestCpus, spotOwn ? quotas.preemptibleCpus : quotas.cpus);
  const all = [...project.own('instances')].map(([, each]) => each as Instance).filter(here);
  expect('INSTANCES', all.length, 1, quotas.instances);
  const addresses = all.flatMap((each) => each.networkInterfaces).flatMap(({ accessConfigs = [] }) => accessConfigs);
  const more = interfaces.flatMap(({ accessConfigs = [] }) => accessConfigs);
  expect('IN_USE_ADDRESSES', addresses.length, more.length, quotas.inUseAddresses);
  const disks = [...project.own('disks')].map(([, each]) => Number(each['sizeGb'])).reduce((sum, each) => sum + each, 0);
  expect('DISKS_TOTAL_GB', disks, 10, quotas.disksTotalGb);
}

/** What only shows when the instance is placed: no room, or the quota of all regions. */
export function capacityError(request: Request, zone: string, type: MachineType, preemptible: boolean): LateError | undefined {
  const { project, world } = request;
  const most = project.quotas.cpusAllRegions ?? Infinity;
  if (cpusOf(request, () => true) > most) return globalQuota(most);
  const market = preemptible ? 'spot' : 'standard';
  const entry = world.exhausted.find(
    (each) => (each.zone ?? zone) === zone && (each.type ?? type.name) === type.name && (each.market ?? market) === market,
  );
  if (!entry) return undefined;
  const path = project.path(`zones/${zone}`);
  const short = `The zone '${path}' does not have enough resources available to fulfill the request.`;
  if (!entry.zonesAvailable) {
    const message = `${short}  Try a different zone, or try again later.`;
    return { code: 'ZONE_RESOURCE_POOL_EXHAUSTED', message, status: 503 };
  }
  const elsewhere = entry.zonesAvailable.join(',');
  const hint =
    elsewhere === ''
      ? ''
      : ` Consider trying your request in the ${elsewhere} zone(s), which currently has capacity to accommodate your request.`;
  const alternative = 'Alternatively, you can try your request again with a different VM hardware configuration or at a later time.';
  const text = `A ${type.name} VM instance is currently unavailable in the ${zone} zone.${hint} ${alternative}`;
  return {
    code: 'ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS',
    message: `${short}  '(resource type:compute)'.`,
    status: 503,
    errorDetails: [
      { help: { links: [{ description: 'Troubleshooting documentation', url: 'https://cloud.google.com/compute/docs/resource-error' }] } },
      { localizedMessage: { locale: 'en-US', message: text } },
      {
        errorInfo: {
          reason: 'resource_availability',
          domain: 'compute.googleapis.com',
          metadatas: { attachment: '', vmType: type.name, zone, zonesAvailable: elsewhere },
        },
      },
    ],
  };
}

function globalQuota(limit: number): LateError {
  return {
    code: 'QUOTA_EXCEEDED',
    message: `Quota 'CPUS_ALL_REGIONS' exceeded.  Limit: ${limit.toFixed(1)} globally.`,
    status: 403,
    errorDetails: [
      {
        quotaInfo: {
          metricName: 'compute.googleapis.com/cpus_all_regions',
          limitName: 'CPUS-ALL-REGIONS-per-project',
          dimensions: { global: 'global' },
          limit,
        },
      },
    ],
  };
}
