import { readCluster } from '../engine/cluster.js';
import { nanoseconds } from '../file/duration.js';
import { formats } from '../file/checks/formats.js';
import { patient } from '../engine/patient.js';
import { beginRootRotation, rootRotationState, type Straggler } from '../engine/root-rotation.js';
import type { Engine } from '../../docker/client.js';
import { TsmachineError } from '../../base/errors.js';
import { lines, run, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { waitFor } from '../../base/wait.js';
import { findSwarm } from '../reach/find.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';

export interface CaOptions {
  readonly rotate?: boolean;
  /** Also waits for a rotation that somebody else began. */
  readonly wait?: boolean;
  /** Of the certificates of nodes, as Go writes durations; goes with `rotate`. */
  readonly certExpiry?: string | undefined;
  /** Milliseconds to wait; default 120 000. */
  readonly timeout?: number;
}

/**
 * The root certificate of a swarm, as PEM; when asked, a new one.
 * @throws TsmachineError FLAG_INVALID; SWARM_STATE naming the nodes for which a rotation waits; as `tokenOf`
 */
export async function rootCa(session: Session, given?: string, options: CaOptions = {}): Promise<string> {
  const certExpiry = validity(options.certExpiry);
  return withSwarm(session, await findSwarm(session, given), async (swarm) => {
    const manager = patient(swarm.control, session.signal);
    if (options.rotate) await beginRootRotation(manager, { certExpiry });
    if (options.wait) await waitUntilRotated(swarm, manager, options.timeout ?? 120_000);
    const { trustRoot, rotationInProgress } = await readCluster(manager);
    if (rotationInProgress)
      session.io.warn(`The root CA of swarm "${swarm.name}" is being replaced; until that is done, this is the old one`);
    return trustRoot;
  });
}

function validity(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const fault = formats['certificate-validity']?.(text);
  if (fault !== undefined) throw new TsmachineError('FLAG_INVALID', `--cert-expiry: ${JSON.stringify(text)} ${fault}`);
  return nanoseconds(text);
}

/** Gives up as soon as only nodes that are down are missing: they may stay down for days. */
async function waitUntilRotated(swarm: Swarm, manager: Engine, timeout: number): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  const deadline = performance.now() + timeout;
  const waiting = await waitFor(
    async () => {
      const { finished, stragglers, total } = await rootRotationState(manager);
      if (finished) return [];
      io.progress(`Replacing the root CA: ${total - stragglers.length} of ${total} nodes have a new certificate`, true);
      const hopeless = stragglers.length > 0 && stragglers.every(({ state }) => state === 'down');
      return hopeless || performance.now() >= deadline ? stragglers : undefined;
    },
    { timeout: timeout + 30_000, maxInterval: 500, signal, what: `the new root CA of swarm "${swarm.name}"` },
  );
  if (waiting.length > 0) throw stillWaiting(swarm, waiting);
}

function stillWaiting(swarm: Swarm, stragglers: readonly Straggler[]): TsmachineError {
  const names = stragglers.map(({ id, hostname }) => {
    const node = swarm.nodes.find((one) => one.id === id);
    return (node && swarm.machineOf(node)) ?? hostname;
  });
  const list = stragglers.map(({ state }, i) => `${names[i] ?? ''} (${state})`).join(', ');
  return new TsmachineError(
    'SWARM_STATE',
    `The new root CA of swarm "${swarm.name}" is waiting for ${list}; until then the old one is trusted too`,
    {
      hint: lines([
        say`${run('start', ...names)}, or take out what is lost: ${run('swarm', 'leave', '--force', ...names)}`,
        say`Then: ${run('swarm', 'ca', '--wait', swarm.name)}`,
      ]),
    },
  );
}
