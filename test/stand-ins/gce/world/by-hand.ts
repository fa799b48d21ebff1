import type { KeptInstance } from '../types.js';
import { ended, running, stopped } from './instances/life.js';
import type { Project } from './project.js';
import { lastPart, singular, type Disk, type Instance, type Resource } from './resource.js';
import { isPublic } from './images.js';
import type { World } from './world.js';

export interface InstanceChange {
  /** What it has become. Its operation is done with that. */
  readonly state?: 'running' | 'stopped' | 'deleted';
  /** Null takes it away. */
  readonly publicAddress?: string | null;
  readonly privateAddress?: string;
  readonly console?: string;
}

interface Found {
  readonly project: Project;
  readonly path: string;
  readonly instance: Instance;
}

export function setInstance(world: World, which: string, change: InstanceChange): void {
  const { project, path, instance } = instanceOf(world, which);
  const [nic] = instance.networkInterfaces;
  const { state, publicAddress, privateAddress } = change;
  if (change.console !== undefined) world.consoles.set(project.path(path), change.console);
  if (nic && privateAddress !== undefined) nic.networkIP = privateAddress;
  const [config] = nic?.accessConfigs ?? [];
  if (config && publicAddress === null) delete config.natIP;
  else if (config && typeof publicAddress === 'string') config.natIP = publicAddress;
  if (state === undefined) return;
  if (project.operations.busyWith(project.path(path)) !== undefined) return project.operations.settle(project.path(path));
  if (state === 'running') running({ world, project }, instance);
  else if (state === 'stopped') stopped({ world, project }, instance);
  else ended({ world, project }, path, instance);
}

/** https://cloud.google.com/compute/docs/instances/spot#preemption: an operation of the system tells of it. */
export function preempt(world: World, which: string): void {
  const { project, path, instance } = instanceOf(world, which);
  if (!instance.scheduling.preemptible) throw new Error(`${which} can not be preempted`);
  const gone = instance.scheduling['instanceTerminationAction'] === 'DELETE';
  const target = project.path(path);
  const operation = project.operations.begin(project.id, {
    type: 'compute.instances.preempted',
    user: 'system',
    requestId: null,
    target,
    targetId: instance.id,
    finish: () => undefined,
  });
  operation['statusMessage'] = 'Instance was preempted.';
  project.operations.settle(target);
  if (gone) ended({ world, project }, path, instance);
  else stopped({ world, project }, instance);
}

/** @param what `instances/m1` */
export function byHand(world: World, what: string): void {
  const [kind = '', name = ''] = what.split('/');
  for (const project of world.projects.values())
    for (const [path, found] of [...project.own(kind)]) {
      if (found.name !== name) continue;
      if (kind === 'instances') return ended({ world, project }, path, found as Instance);
      if (kind === 'disks') detach(project, found as Disk);
      return project.remove(path);
    }
  throw new Error(`there is no ${what}`);
}

function detach(project: Project, disk: Disk): void {
  for (const [, instance] of project.own('instances')) {
    const { disks } = instance as Instance;
    disks.splice(0, disks.length, ...disks.filter(({ source }) => source !== disk.selfLink));
  }
}

export function keptInstances(world: World): KeptInstance[] {
  return [...world.projects.values()].flatMap((project) =>
    [...project.own('instances')].map(([, each]) => kept(project, each as Instance)),
  );
}

function kept(project: Project, instance: Instance): KeptInstance {
  const [nic] = instance.networkInterfaces;
  const [boot] = instance.disks;
  const disk = boot && [...project.own('disks')].find(([, { selfLink }]) => selfLink === boot.source)?.[1];
  return {
    project: project.id,
    zone: lastPart(instance.zone),
    name: instance.name,
    id: instance.id,
    status: instance.status,
    machineType: lastPart(instance.machineType),
    privateAddress: nic?.networkIP ?? '',
    publicAddress: nic?.accessConfigs?.[0]?.natIP ?? null,
    image: lastPart(typeof disk?.['sourceImage'] === 'string' ? disk['sourceImage'] : ''),
    metadata: Object.fromEntries((instance.metadata.items ?? []).map(({ key, value }) => [key, value])),
    labels: instance.labels,
    tags: instance.tags.items ?? [],
  };
}

/** `PROJECT PLACE KIND NAME ...`. */
export function inventory(world: World): string[] {
  const lines: string[] = [];
  for (const project of world.projects.values()) {
    if (isPublic(project.id)) continue;
    for (const kind of ['instances', 'disks', 'firewalls', 'addresses'])
      for (const [path, each] of project.own(kind)) {
        const scope = path.split('/');
        lines.push(`${project.id} ${scope[0] === 'global' ? 'global' : scope[1]} ${singular(kind)} ${each.name} ${shown(each)}`);
      }
  }
  return lines.sort();
}

function shown(each: Resource): string {
  const { labels = {}, status, allowed, sourceRanges, sourceTags, targetTags } = each as Partial<Record<string, object>>;
  const facts = each.kind === 'compute#firewall' ? { allowed, sourceRanges, sourceTags, targetTags } : { status, labels };
  return JSON.stringify(facts);
}

function instanceOf(world: World, which: string): Found {
  for (const project of world.projects.values())
    for (const [path, instance] of project.own('instances'))
      if (instance.name === which || instance.id === which) return { project, path, instance: instance as Instance };
  throw new Error(`there is no instance ${which}`);
}
