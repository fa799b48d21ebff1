import { invalid, Refusal } from '../../api/errors.js';
import type { Instance } from '../resource.js';

export interface WantedScheduling {
  readonly preemptible?: boolean;
  readonly provisioningModel?: string;
  readonly automaticRestart?: boolean;
  readonly onHostMaintenance?: string;
  readonly instanceTerminationAction?: string;
}

/** https://cloud.google.com/compute/docs/instances/create-use-spot: spot implies preemptible, and neither restarts nor moves. */
export function schedulingOf(wanted: WantedScheduling = {}, accelerated = false): Instance['scheduling'] {
  const spot = wanted.provisioningModel === 'SPOT';
  const preemptible = spot || wanted.preemptible === true;
  const { automaticRestart = !preemptible, onHostMaintenance = preemptible ? 'TERMINATE' : 'MIGRATE' } = wanted;
  if (preemptible && automaticRestart)
    throw invalid('resource.scheduling.preemptible', true, 'Scheduling must have automaticRestart be false when preemptible is true.');
  if (preemptible && onHostMaintenance !== 'TERMINATE')
    throw invalid('resource.scheduling.preemptible', true, 'Scheduling must have onHostMaintenance be TERMINATE when preemptible is true.');
  if (accelerated && onHostMaintenance !== 'TERMINATE')
    throw new Refusal(400, 'invalid', 'Instances with guest accelerators do not support live migration.');
  if (wanted.instanceTerminationAction !== undefined && !spot)
    throw invalid(
      'resource.scheduling.instanceTerminationAction',
      wanted.instanceTerminationAction,
      'You cannot specify a termination action for a VM instance that has the standard provisioning model (default).',
    );
  return { ...wanted, automaticRestart, onHostMaintenance, preemptible, provisioningModel: wanted.provisioningModel ?? 'STANDARD' };
}
