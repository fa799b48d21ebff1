import { invalidUsage, notReady } from '../../api/errors.js';
import { useAddress } from '../network/addresses.js';
import { begin } from '../begin.js';
import { machineType } from '../catalog.js';
import type { LateError, Operation } from '../operations.js';
import { pathIn } from '../read.js';
import { lastPart, now, pathOf, type Disk, type Instance } from '../resource.js';
import type { StateNote } from '../../types.js';
import type { Request } from '../world.js';
import { capacityError } from './capacity.js';

type At = Pick<Request, 'world' | 'project'>;

/** It runs: ephemeral addresses are given to it. */
export function running({ world, project }: At, instance: Instance): undefined {
  instance.status = 'RUNNING';
  instance['cpuPlatform'] = 'Intel Broadwell';
  instance['lastStartTimestamp'] = now();
  for (const { accessConfigs = [] } of instance.networkInterfaces)
    for (const config of accessConfigs) config.natIP ??= world.publicAddress();
  note({ world, project }, instance, 'running');
}

/** Ephemeral addresses go with the end, reserved ones stay. */
export function released(request: At, instance: Instance): void {
  for (const { accessConfigs = [] } of instance.networkInterfaces)
    for (const config of accessConfigs)
      if (config.natIP !== undefined && !useAddress(request, config.natIP, instance.selfLink, true)) delete config.natIP;
}

/** The instance is no more. Its disks go with it or stay, as each says. */
export function ended(request: At, target: string, instance: Instance): void {
  const { project } = request;
  for (const { accessConfigs = [] } of instance.networkInterfaces)
    for (const { natIP } of accessConfigs) if (natIP !== undefined) useAddress(request, natIP, instance.selfLink, false);
  project.remove(target);
  for (const { source, autoDelete } of instance.disks) {
    const path = pathOf(source, project.id).split('/').slice(2).join('/');
    const disk = project.find(path) as Disk | undefined;
    if (autoDelete) project.remove(path);
    else if (disk) delete disk.users;
  }
  note(request, instance, 'deleted');
}

export function stopInstance(request: Request): Operation {
  const { target, instance } = of(request, /\/stop$/);
  settle(request, target);
  if (instance.status === 'RUNNING') {
    instance.status = 'STOPPING';
    note(request, instance, 'stopping');
  }
  const finish = () => void stopped(request, instance);
  return begin(request, { type: 'stop', target, targetId: instance.id, held: held(request), finish });
}

export function stopped(request: At, instance: Instance): void {
  instance.status = 'TERMINATED';
  instance['lastStopTimestamp'] = now();
  released(request, instance);
  note(request, instance, 'stopped');
}

/** A running one is left alone: the operation is done without doing anything. */
export function startInstance(request: Request): Operation {
  const { target, instance } = of(request, /\/start$/);
  if (request.project.operations.busyWith(request.project.path(target)) === 'stop') throw notReady(request.project.path(target));
  settle(request, target);
  if (instance.status === 'RUNNING') return begin(request, { type: 'start', target, targetId: instance.id });
  instance.status = 'PROVISIONING';
  note(request, instance, 'starting');
  const finish = (): LateError | undefined => {
    const zone = lastPart(instance.zone);
    const type = machineType(request.project.id, zone, lastPart(instance.machineType));
    const error = request.late ?? (type && capacityError(request, zone, type, instance.scheduling.preemptible));
    if (!error) return running(request, instance);
    stopped(request, instance);
    return error;
  };
  const midway = () => void (instance.status = 'STAGING');
  return begin({ ...request, late: undefined }, { type: 'start', target, targetId: instance.id, held: held(request), midway, finish });
}

export function resetInstance(request: Request): Operation {
  const { target, instance } = of(request, /\/reset$/);
  settle(request, target);
  if (instance.status !== 'RUNNING') throw notReady(request.project.path(target));
  note(request, instance, 'reset');
  return begin(request, { type: 'reset', target, targetId: instance.id });
}

export function deleteInstance(request: Request): Operation {
  const { target, instance } = of(request, /$/);
  if (instance.deletionProtection) throw invalidUsage("Resource cannot be deleted if it's protected against deletion.");
  settle(request, target);
  request.project.get(target); // what was being made may have failed just now
  instance.status = 'STOPPING';
  note(request, instance, 'deleting');
  const finish = () => void ended(request, target, instance);
  return begin(request, { type: 'delete', target, targetId: instance.id, held: held(request), finish });
}

export function note(
  { world, project }: Pick<Request, 'world' | 'project'>,
  { zone, name, id }: Instance,
  state: StateNote['state'],
): void {
  world.note({ project: project.id, zone: lastPart(zone), name, id, state });
}

function held({ world, late }: Request): boolean {
  return late === undefined && world.behaviour.backed === true;
}

/** What comes after waits for what goes on, as Google does it with deletes; here the time is played forward. */
function settle({ project, world }: Request, target: string): void {
  if (world.behaviour.backed !== true) project.operations.settle(project.path(target));
}

function of(request: Request, verb: RegExp): { target: string; instance: Instance } {
  const target = pathIn(request).replace(verb, '');
  return { target, instance: request.project.get(target) as Instance };
}
