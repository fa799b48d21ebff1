import './state-dir.js';
import { openSession } from '../../src/session.js';
import { silentIo } from '../../src/base/io.js';
import { openMachine } from '../../src/machine/machine.js';
import { runningEngineUrl } from '../../src/machine/engine/engine.js';
import { waitFor } from '../../src/base/wait.js';
import type { Engine } from '../../src/docker/client.js';
import { listNodes, type Node } from '../../src/swarm/engine/nodes.js';
import { engineOf, labImage, loadLabImage } from './image.js';

/** Opens a machine's engine for as long as `use` takes. */
export async function withEngine<T>(storePath: string, name: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  const session = openSession({ storePath, io: silentIo, signal: new AbortController().signal });
  const engine = await engineOf(storePath, name, await runningEngineUrl(await openMachine(session, name)));
  try {
    return await use(engine);
  } finally {
    engine.close();
  }
}

export function nodesSeenBy(storePath: string, manager: string): Promise<Node[]> {
  return withEngine(storePath, manager, listNodes);
}

/** Gives these engines the image that services run: no registry is needed. */
export async function loadImages(storePath: string, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => withEngine(storePath, name, loadLabImage)));
}

/** A service that only sleeps; without virtual addresses, because not every kernel has ip_vs. */
export async function createService(storePath: string, manager: string, name: string, replicas: number): Promise<void> {
  await withEngine(storePath, manager, (engine) =>
    engine.request('POST', '/services/create', {
      body: {
        Name: name,
        TaskTemplate: {
          ContainerSpec: { Image: labImage, Command: ['/bin/sleep', '86400'], StopGracePeriod: 1_000_000_000 },
          RestartPolicy: { Condition: 'any' },
        },
        Mode: { Replicated: { Replicas: replicas } },
        EndpointSpec: { Mode: 'dnsrr' },
      },
    }),
  );
}

interface Task {
  readonly NodeID?: string;
  readonly DesiredState: string;
  readonly Status: { readonly State: string };
}

/** Waits until so many tasks of a service run. @returns the ids of their nodes */
export async function running(storePath: string, manager: string, service: string, replicas: number, seconds = 60): Promise<string[]> {
  return withEngine(storePath, manager, (engine) =>
    waitFor(
      async () => {
        const tasks = await engine.request<Task[]>('GET', '/tasks', {
          query: { filters: JSON.stringify({ service: [service], 'desired-state': ['running'] }) },
        });
        const nodes = tasks.filter((task) => task.Status.State === 'running').map(({ NodeID = '' }) => NodeID);
        return nodes.length === replicas ? nodes : undefined;
      },
      { timeout: seconds * 1000, what: `${replicas} tasks of ${service} to run` },
    ),
  );
}
