import { X509Certificate } from 'node:crypto';

import { errorText, TsmachineError } from '../../base/errors.js';
import { unlessTimeout, waitFor } from '../../base/wait.js';
import { findUnallocated } from '../engine/allocation.js';
import { readCluster, type Cluster } from '../engine/cluster.js';
import { managersAmong, quorumOf } from '../model/quorum.js';
import { listServices, type ServiceState } from '../engine/services.js';
import { movedMembers } from './moved.js';
import type { Session } from '../../machine/session.js';
import { problemsOf, type StatusProblem } from './problems.js';
import type { Swarm } from '../reach/swarm.js';
import { withInspectedSwarm } from './inspected-swarm.js';

/** Milliseconds for nodes to report to a new leader: they try again at growing intervals, of eight seconds at most. */
const reportTimeout = 20_000;

/** What `swarm status` shows. */
export interface SwarmStatus {
  readonly name: string;
  readonly id?: string;
  readonly healthy: boolean;
  readonly managers: {
    readonly total: number;
    readonly reachable: number;
    /** The quorum: how many must agree. */
    readonly needed: number;
    /** How many more may fail. */
    readonly mayFail: number;
  };
  /** The leader's machine, or the host name of a node that is no machine of this store. */
  readonly leader?: string;
  readonly workers: { readonly total: number; readonly ready: number };
  readonly services: readonly ServiceState[];
  /** Known only while a manager answers, as is `ca`. */
  readonly autolock?: boolean;
  readonly ca?: { readonly expires: string; readonly rotating: boolean };
  readonly problems: readonly StatusProblem[];
}

/** How a swarm is. @param given the swarm, or a machine in it. @throws as `findSwarm` */
export async function swarmStatus(session: Session, given?: string): Promise<SwarmStatus> {
  return withInspectedSwarm(session, given, statusOf);
}

/** The status as the managers report it. When none answers: what the store and the engines know. */
async function statusOf(swarm: Swarm): Promise<SwarmStatus> {
  await waitForReports(swarm);
  const control = swarm.manager?.engine;
  const [cluster, services, unallocated] = control
    ? await Promise.all([readCluster(control), listServices(control), findUnallocated(control, swarm.session.signal)])
    : [undefined, []];
  const expires = cluster && rootExpiry(cluster);
  const problems = problemsOf(
    swarm,
    {
      services,
      moved: await movedMembers(swarm),
      ...(control ? {} : { trouble: swarm.whyNoManager() }),
      ...(cluster && expires ? { ca: { expires, rotating: cluster.rotationInProgress } } : {}),
      ...(cluster ? { networking: { ...unallocated, pools: cluster.defaultAddrPool, subnetSize: cluster.subnetSize } } : {}),
    },
    Date.now(),
  );
  const { total, reachable } = control ? managersAmong(swarm.nodes) : managersInRecord(swarm);
  const leader = swarm.nodes.find((node) => node.leader);
  return {
    name: swarm.name,
    ...(swarm.record.cluster === undefined ? {} : { id: swarm.record.cluster }),
    healthy: !problems.some(({ level }) => level === 'fault'),
    managers: { total, reachable, needed: quorumOf(total), mayFail: Math.max(reachable - quorumOf(total), 0) },
    ...(leader ? { leader: swarm.machineOf(leader) ?? leader.hostname } : {}),
    workers: workersOf(swarm),
    services,
    ...(cluster ? { autolock: cluster.spec.EncryptionConfig?.AutoLockManagers === true } : {}),
    ...(cluster && expires ? { ca: { expires: expires.toISOString(), rotating: cluster.rotationInProgress } } : {}),
    problems,
  };
}

/**
 * A leader that has just begun does not know the state of a node until the node has reported to it: after a restart that takes a few
 * seconds, in which nothing is wrong. Nodes whose engine says that it is in the swarm are waited for.
 */
async function waitForReports(swarm: Swarm): Promise<void> {
  const { io, signal } = swarm.session;
  const late = () =>
    swarm.nodes.flatMap((node) => {
      const name = swarm.machineOf(node);
      return name !== undefined && node.state === 'unknown' && swarm.members.get(name)?.membership?.state === 'active' ? [name] : [];
    });
  if (late().length === 0) return;
  io.progress(`Waiting for ${late().join(', ')} to report to the leader`);
  await unlessTimeout(
    waitFor(
      async () => {
        await swarm.lookAtNodes();
        return late().length === 0 ? true : undefined;
      },
      { timeout: reportTimeout, maxInterval: 500, signal, what: `${late().join(', ')} to report to the leader` },
    ),
  );
}

/** @throws TsmachineError ENGINE_API for a root certificate that is none */
function rootExpiry({ trustRoot }: Cluster): Date | undefined {
  if (trustRoot === '') return undefined;
  try {
    return new Date(new X509Certificate(trustRoot).validTo);
  } catch (cause) {
    throw new TsmachineError('ENGINE_API', `A manager shows a root certificate that cannot be read: ${errorText(cause)}`, { cause });
  }
}

function managersInRecord({ record, members }: Swarm) {
  const managers = Object.keys(record.members).filter((name) => record.members[name]?.role === 'manager');
  return { total: managers.length, reachable: managers.filter((name) => members.get(name)?.membership?.state === 'active').length };
}

function workersOf({ manager, nodes, record, members }: Swarm): SwarmStatus['workers'] {
  if (manager) {
    const workers = nodes.filter(({ role }) => role === 'worker');
    return { total: workers.length, ready: workers.filter(({ state }) => state === 'ready').length };
  }
  const workers = Object.keys(record.members).filter((name) => record.members[name]?.role === 'worker');
  return { total: workers.length, ready: workers.filter((name) => members.get(name)?.membership?.state === 'active').length };
}
