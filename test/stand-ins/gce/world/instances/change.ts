import { invalid, Refusal } from '../../api/errors.js';
import { useAddress } from '../network/addresses.js';
import { begin, expectReady } from '../begin.js';
import { machineType, regionOf } from '../catalog.js';
import { expectFingerprint, expectLabels, expectMetadata } from '../check.js';
import type { Finish, Operation } from '../operations.js';
import { pathIn } from '../read.js';
import { freshFingerprint, lastPart, type Instance, type Metadata, type Tags } from '../resource.js';
import type { Request } from '../world.js';
import { accessConfigOf, expectReserved } from './interfaces.js';

export function setLabels(request: Request): Operation {
  const { labels, labelFingerprint } = request.body as { labels?: Record<string, string>; labelFingerprint?: string };
  return change(request, 'setLabels', (instance) => {
    expectFingerprint('labels', labelFingerprint, instance.labelFingerprint);
    const wanted = expectLabels(labels);
    return () => void Object.assign(instance, { labels: wanted, labelFingerprint: freshFingerprint() });
  });
}

export function setTags(request: Request): Operation {
  const { items = [], fingerprint } = request.body as Partial<Tags>;
  return change(request, 'setTags', (instance) => {
    expectFingerprint('tags', fingerprint, instance.tags.fingerprint);
    if (items.length > 64) throw invalid('resource.tags', items.length, 'At most 64 tags.');
    return () => void (instance.tags = { items, fingerprint: freshFingerprint() });
  });
}

export function setMetadata(request: Request): Operation {
  const { items = [], fingerprint } = request.body as Partial<Metadata>;
  return change(request, 'setMetadata', (instance) => {
    expectFingerprint('metadata', fingerprint, instance.metadata.fingerprint);
    expectMetadata({ items });
    return () => void (instance.metadata = { kind: 'compute#metadata', items, fingerprint: freshFingerprint() });
  });
}

export function setDeletionProtection(request: Request): Operation {
  const wanted = (request.query.get('deletionProtection') ?? 'true') === 'true';
  return change(request, 'setDeletionProtection', (instance) => () => void (instance.deletionProtection = wanted));
}

export function setMachineType(request: Request): Operation {
  const { machineType: link = '' } = request.body as { machineType?: string };
  return change(request, 'setMachineType', (instance) => {
    if (instance.status !== 'TERMINATED') throw new Refusal(400, 'invalid', 'Machine type can only be changed for a stopped instance.');
    const found = machineType(request.project.id, lastPart(instance.zone), lastPart(link));
    if (!found) throw invalid('machineType', link, 'The referenced resource does not exist.');
    return () => void (instance.machineType = found.selfLink);
  });
}

export function addAccessConfig(request: Request): Operation {
  const wanted = request.body as { natIP?: string; name?: string };
  return change(request, 'addAccessConfig', (instance) => {
    const nic = nicOf(request, instance);
    if ((nic.accessConfigs ?? []).length > 0) throw invalid('accessConfig', '', 'At most one access config currently supported.');
    if (wanted.natIP !== undefined) {
      expectReserved(request, regionOf(lastPart(instance.zone)), wanted.natIP, 'accessConfig.natIP');
      useAddress(request, wanted.natIP, instance.selfLink, true);
    }
    return () => {
      const config = accessConfigOf(wanted);
      if (instance.status === 'RUNNING') config.natIP ??= request.world.publicAddress();
      nic.accessConfigs = [config];
      return undefined;
    };
  });
}

export function deleteAccessConfig(request: Request): Operation {
  return change(request, 'deleteAccessConfig', (instance) => {
    const nic = nicOf(request, instance);
    const [config] = nic.accessConfigs ?? [];
    if (config === undefined || config.name !== request.query.get('accessConfig'))
      throw invalid('accessConfig', request.query.get('accessConfig'), 'Not found.');
    return () => {
      if (config.natIP !== undefined) useAddress(request, config.natIP, instance.selfLink, false);
      delete nic.accessConfigs;
      return undefined;
    };
  });
}

export function setDiskAutoDelete(request: Request): Operation {
  return change(request, 'setDiskAutoDelete', (instance) => {
    const disk = instance.disks.find(({ deviceName }) => deviceName === request.query.get('deviceName'));
    if (!disk) throw invalid('deviceName', request.query.get('deviceName'), 'No attached disk has this name.');
    return () => void (disk.autoDelete = request.query.get('autoDelete') === 'true');
  });
}

/** What its console said, as the backing told it. */
export function serialPort(request: Request): unknown {
  const target = pathIn(request).replace(/\/serialPort$/, '');
  request.project.get(target);
  const contents = request.world.consoles.get(request.project.path(target)) ?? '';
  const start = Number(request.query.get('start') ?? 0);
  const shown = contents.slice(start);
  return {
    kind: 'compute#serialPortOutput',
    selfLink: request.project.link(`${target}/serialPort`),
    contents: shown,
    start: String(start),
    next: String(start + shown.length),
  };
}

/** `prepare` refuses, and says what is to be done in the end. */
function change(request: Request, type: string, prepare: (instance: Instance) => Finish): Operation {
  const target = pathIn(request).split('/').slice(0, 4).join('/');
  const instance = request.project.get(target) as Instance;
  expectReady(request, target);
  return begin(request, { type, target, targetId: instance.id, finish: prepare(instance) });
}

function nicOf({ query }: Request, { networkInterfaces }: Instance) {
  const name = query.get('networkInterface');
  const found = networkInterfaces.find((nic) => nic.name === name);
  if (!found) throw invalid('networkInterface', name, 'Not found.');
  return found;
}
