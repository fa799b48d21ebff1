import type { Engine } from '../../docker/client.js';
import { ask, list, number, object, record, text, type Shape } from '../../docker/shape.js';

/** How far a service is from its wanted state. */
export interface ServiceState {
  readonly name: string;
  /** `replicated`, `global`, `replicated-job` or `global-job`. */
  readonly mode: string;
  readonly running: number;
  readonly wanted: number;
  /** Tasks of a job that have ended well. */
  readonly completed: number;
}

interface ServiceObject {
  readonly Spec: { readonly Name: string; readonly Mode?: Readonly<Record<string, unknown>> };
  readonly ServiceStatus?: { readonly RunningTasks?: number; readonly DesiredTasks?: number; readonly CompletedTasks?: number };
}

const serviceObject: Shape<ServiceObject> = object(
  { Spec: object({ Name: text }, { Mode: record((value) => value) }) },
  { ServiceStatus: object({}, { RunningTasks: number, DesiredTasks: number, CompletedTasks: number }) },
);

const modes: Readonly<Record<string, string>> = {
  Replicated: 'replicated',
  Global: 'global',
  ReplicatedJob: 'replicated-job',
  GlobalJob: 'global-job',
};

/** Every service, by name. Engines before API 1.41 count no tasks: their services are left out. @param manager the engine of a manager */
export async function listServices(manager: Engine): Promise<ServiceState[]> {
  const services = await ask(manager, list(serviceObject), 'GET', '/services', { query: { status: true }, timeout: 10_000 });
  return services
    .flatMap(({ Spec: { Name, Mode = {} }, ServiceStatus: status }) =>
      status
        ? [
            {
              name: Name,
              mode: modes[Object.keys(Mode)[0] ?? ''] ?? 'replicated',
              running: status.RunningTasks ?? 0,
              wanted: status.DesiredTasks ?? 0,
              completed: status.CompletedTasks ?? 0,
            },
          ]
        : [],
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether all its tasks run, or have ended well. */
export function isConverged({ running, wanted, completed }: ServiceState): boolean {
  return running + completed >= wanted;
}
