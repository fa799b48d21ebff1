import { setTimeout as sleep } from 'node:timers/promises';

import type { Engine } from '../../docker/client.js';
import { ask, askFor, id, list, object, text } from '../../docker/shape.js';

/** Milliseconds after which what has just been made has its addresses. */
const settleTime = 1500;

/** What the managers have allocated nothing for, so that it never comes up. */
export interface Unallocated {
  /** Names of networks without addresses. */
  readonly networks: readonly string[];
  /** Services with tasks that stay New. */
  readonly services: readonly { readonly name: string; readonly tasks: number }[];
}

const networkObject = object({ Id: id, Name: text }, { Driver: text });
const taskObject = object({ ID: id, Status: object({ State: text }, {}) }, { ServiceID: id });
const serviceObject = object({ Spec: object({ Name: text }, {}) }, {});

/**
 * Networks of the swarm that got no addresses. The engine then shows neither a driver nor subnets: it has both from the allocation alone
 * (moby daemon/cluster/convert/network.go).
 * @param manager the engine of a manager
 */
export async function bareNetworks(manager: Engine): Promise<{ readonly id: string; readonly name: string }[]> {
  const all = await ask(manager, list(networkObject), 'GET', '/networks', {
    query: { filters: JSON.stringify({ scope: ['swarm'] }) },
    timeout: 10_000,
  });
  return all.filter(({ Driver: driver = '' }) => driver === '').map(({ Id, Name: name }) => ({ id: Id, name }));
}

/** What is still without addresses after a moment: everything is, when it has just been made. @param manager the engine of a manager */
export async function findUnallocated(manager: Engine, signal: AbortSignal): Promise<Unallocated> {
  const before = await look(manager);
  if (before.networks.length + before.tasks.length === 0) return { networks: [], services: [] };
  await sleep(settleTime, undefined, { signal });
  const now = await look(manager);
  const tasks = now.tasks.filter(({ ID }) => before.tasks.some((task) => task.ID === ID));
  const services = [...new Set(tasks.flatMap(({ ServiceID }) => ServiceID ?? []))];
  return {
    networks: now.networks.filter((network) => before.networks.some((one) => one.id === network.id)).map(({ name }) => name),
    services: await Promise.all(
      services.map(async (service) => ({
        name: (await askFor(manager, serviceObject, `/services/${service}`))?.Spec.Name ?? service,
        tasks: tasks.filter(({ ServiceID }) => ServiceID === service).length,
      })),
    ),
  };
}

async function look(manager: Engine) {
  const [networks, tasks] = await Promise.all([
    bareNetworks(manager),
    ask(manager, list(taskObject), 'GET', '/tasks', {
      query: { filters: JSON.stringify({ 'desired-state': ['running'] }) },
      timeout: 10_000,
    }),
  ]);
  return { networks, tasks: tasks.filter(({ Status }) => Status.State === 'new') };
}
