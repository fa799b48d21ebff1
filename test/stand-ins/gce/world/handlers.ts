import { deleteAddress, insertAddress } from './network/addresses.js';
import { begin } from './begin.js';
import { machineType } from './catalog.js';
import { expectFingerprint, expectMetadata } from './check.js';
import { deleteDisk, getFromFamily, insertDisk, resizeDisk, setLabelsOf } from './disks.js';
import { deleteFirewall, insertFirewall, patchFirewall } from './network/firewalls.js';
import * as change from './instances/change.js';
import { insertInstance } from './instances/insert.js';
import { deleteInstance, resetInstance, startInstance, stopInstance } from './instances/life.js';
import type { Operation } from './operations.js';
import { aggregatedList, getOne, list, pathIn } from './read.js';
import { freshFingerprint, type Metadata } from './resource.js';
import type { Handler, Request } from './world.js';
import { notFound } from '../api/errors.js';
import { projectOf, regionOf } from './projects.js';

/** What `wait` waits for at most, as Google says it. */
const longest = 120_000;

const kinds = [
  'acceleratorTypes',
  'addresses',
  'diskTypes',
  'disks',
  'firewalls',
  'images',
  'instances',
  'machineTypes',
  'networks',
  'regions',
  'subnetworks',
  'zones',
];
const aggregated = ['acceleratorTypes', 'addresses', 'diskTypes', 'disks', 'instances', 'machineTypes', 'subnetworks'];
const operations = ['zoneOperations', 'regionOperations', 'globalOperations'];

/** What is played of the API, by `instances.insert`. */
export const handlers: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(
    [...kinds, ...operations].flatMap((kind) => [
      [`${kind}.get`, getOne],
      [`${kind}.list`, list],
    ]),
  ),
  ...Object.fromEntries([...aggregated, 'globalOperations'].map((kind) => [`${kind}.aggregatedList`, aggregatedList])),
  ...Object.fromEntries(operations.map((kind) => [`${kind}.wait`, waitFor])),
  'projects.get': projectOf,
  'projects.getXpnHost': ({ world, project }) => (project.host === undefined ? {} : projectOf({ project: world.project(project.host) })),
  'projects.setCommonInstanceMetadata': setCommonMetadata,
  'regions.get': regionOf,
  'machineTypes.get': typeOf,
  'images.getFromFamily': getFromFamily,
  'instances.insert': insertInstance,
  'instances.delete': deleteInstance,
  'instances.start': startInstance,
  'instances.stop': stopInstance,
  'instances.reset': resetInstance,
  'instances.setLabels': change.setLabels,
  'instances.setTags': change.setTags,
  'instances.setMetadata': change.setMetadata,
  'instances.setDeletionProtection': change.setDeletionProtection,
  'instances.setMachineType': change.setMachineType,
  'instances.setDiskAutoDelete': change.setDiskAutoDelete,
  'instances.addAccessConfig': change.addAccessConfig,
  'instances.deleteAccessConfig': change.deleteAccessConfig,
  'instances.getSerialPortOutput': change.serialPort,
  'disks.insert': insertDisk,
  'disks.delete': deleteDisk,
  'disks.resize': resizeDisk,
  'disks.setLabels': setLabelsOf,
  'firewalls.insert': insertFirewall,
  'firewalls.patch': patchFirewall,
  'firewalls.update': patchFirewall,
  'firewalls.delete': deleteFirewall,
  'addresses.insert': insertAddress,
  'addresses.delete': deleteAddress,
  'addresses.setLabels': setLabelsOf,
};

async function waitFor(request: Request): Promise<unknown> {
  const path = pathIn(request).replace(/\/wait$/, '');
  const operation = request.project.get(path) as Operation;
  await request.project.operations.wait(operation, longest);
  return request.project.get(path);
}

function typeOf(request: Request): unknown {
  const { project, place } = request;
  const found = machineType(project.id, place['zone'] ?? '', place['machineType'] ?? '');
  if (!found) throw notFound(project.path(pathIn(request)));
  return found;
}

function setCommonMetadata(request: Request): Operation {
  const { project } = request;
  const { items = [], fingerprint } = request.body as Partial<Metadata>;
  expectFingerprint('metadata', fingerprint, project.metadata.fingerprint);
  expectMetadata({ items });
  const finish = () => void (project.metadata = { kind: 'compute#metadata', fingerprint: freshFingerprint(), items });
  return begin(request, { type: 'compute.projects.setCommonInstanceMetadata', target: 'global', targetId: project.number, finish });
}
