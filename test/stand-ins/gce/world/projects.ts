import { machineType } from './catalog.js';
import { pathIn } from './read.js';
import { lastPart, linkOf, type Instance } from './resource.js';
import type { Request } from './world.js';

export function projectOf({ project }: Pick<Request, 'project'>): unknown {
  return {
    kind: 'compute#project',
    id: project.number,
    creationTimestamp: '2026-01-01T00:00:00.000-08:00',
    name: project.id,
    commonInstanceMetadata: project.metadata,
    defaultServiceAccount: project.serviceAccounts[0],
    defaultNetworkTier: 'PREMIUM',
    xpnProjectStatus: 'UNSPECIFIED_XPN_PROJECT_STATUS',
    vmDnsSetting: 'ZONAL_ONLY',
    quotas: [{ metric: 'FIREWALLS', limit: project.quotas.firewalls ?? 100, usage: [...project.own('firewalls')].length }],
    selfLink: linkOf(`projects/${project.id}`),
  };
}

/** With its quotas and what is used of them. */
export function regionOf(request: Request): unknown {
  const { project } = request;
  const found = project.get(pathIn(request));
  const here = (zone: string) => lastPart(zone).startsWith(`${found.name}-`);
  const all = [...project.own('instances')].map(([, each]) => each as Instance).filter(({ zone }) => here(zone));
  const cpus = all
    .filter(({ status }) => status !== 'TERMINATED')
    .reduce((sum, { zone, machineType: type }) => sum + (machineType(project.id, lastPart(zone), lastPart(type))?.guestCpus ?? 0), 0);
  const { quotas } = project;
  return {
    ...found,
    quotas: [
      { metric: 'CPUS', limit: quotas.cpus ?? 24, usage: cpus },
      { metric: 'INSTANCES', limit: quotas.instances ?? 240, usage: all.length },
      { metric: 'STATIC_ADDRESSES', limit: quotas.staticAddresses ?? 8, usage: [...project.own('addresses')].length },
    ],
  };
}
