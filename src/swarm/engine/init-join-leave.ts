import { TsmachineError, messageOf } from '../../base/errors.js';
import { type Text, run, say } from '../../base/text.js';
import { waitFor } from '../../base/wait.js';
import type { Engine } from '../../docker/client.js';
import { refusalIn } from '../../docker/call/engine-refusal.js';
import { withSettings } from './cluster.js';
import type { SwarmSettings } from '../model/declaration.js';
import { membershipOf, type Membership } from './membership.js';
import { listNodes, removeNode, waitForNode } from './nodes.js';
import type { Availability, Role } from '../../base/swarm-node.js';

/** The port of swarm managers. */
export const managerPort = 2377;

/** Milliseconds for a node to join: the engine itself answers after 20 s and goes on in the background. */
const joinTimeout = 90_000;

/**
 * The addresses of a node. Always literal ones: without them the engine guesses, and refuses when it has several.
 * (moby daemon/cluster/listen_addr.go)
 */
export interface NodeAddresses {
  /** An IP address, or the name of an interface on the host. */
  readonly advertiseAddr: string;
  /** `ADDRESS[:PORT]`; the advertised address, port 2377, unless given. */
  readonly listenAddr?: string | undefined;
  readonly dataPathAddr?: string | undefined;
}

export interface InitRequest extends NodeAddresses {
  readonly settings: SwarmSettings;
  readonly availability: Availability;
  readonly forceNewCluster?: boolean;
}

/** Makes a swarm with this engine as its first manager. @throws TsmachineError SWARM_JOIN with the engine's reason and what to do */
export async function initSwarm(engine: Engine, request: InitRequest): Promise<Membership> {
  const { settings, availability, forceNewCluster = false } = request;
  const body = {
    ...addresses(request),
    ForceNewCluster: forceNewCluster,
    Availability: availability,
    Spec: await withSettings({}, settings),
    ...pools(settings),
    ...(settings.dataPathPort === undefined ? {} : { DataPathPort: settings.dataPathPort }),
  };
  try {
    await engine.request('POST', '/swarm/init', { body });
  } catch (error) {
    throw refused(`The engine of "${engine.target.machine}" cannot initialise a swarm`, error, engine.target.machine);
  }
  return membershipOf(engine);
}

/**
 * The engine's API takes a missing length for 0, with which no network can be made: 24 is the default of the docker command line
 * (docs.docker.com/reference/cli/docker/swarm/init).
 */
function pools({ defaultAddrPool, defaultAddrPoolMaskLength }: SwarmSettings): object {
  if (defaultAddrPool === undefined && defaultAddrPoolMaskLength === undefined) return {};
  return {
    ...(defaultAddrPool === undefined ? {} : { DefaultAddrPool: defaultAddrPool }),
    SubnetSize: defaultAddrPoolMaskLength ?? 24,
  };
}

export interface JoinRequest extends NodeAddresses {
  readonly role: Role;
  readonly token: string;
  /** Every manager, `HOST:PORT` each. */
  readonly managers: readonly string[];
  readonly availability: Availability;
  readonly signal: AbortSignal;
}

/**
 * Joins an engine that is in no swarm, and waits until the managers see it: Ready, and Reachable when it is a manager itself.
 * @param manager the engine of a manager, to ask
 * @returns its membership, with its node id
 * @throws TsmachineError SWARM_JOIN, WAIT_TIMEOUT
 */
export async function joinSwarm(engine: Engine, manager: Engine, request: JoinRequest): Promise<Membership> {
  const { role, signal } = request;
  const { machine } = engine.target;
  const before = role === 'manager' ? await nodeIds(manager) : undefined;
  let joined;
  try {
    joined = await enter(engine, request);
  } catch (error) {
    signal.throwIfAborted();
    throw await tidiedUp(error, async () => {
      await leaveSwarm(engine, { force: true }); // it would go on in the background
      if (before) await removePhantom(manager, before);
    });
  }
  await waitUntilSeen(manager, { machine, id: joined.nodeId, role, signal });
  return role === 'manager' ? membershipOf(engine) : joined;
}

/** Asks the engine to join, and waits until it says that it has. */
async function enter(engine: Engine, request: JoinRequest): Promise<Membership & { nodeId: string }> {
  const { token, managers, availability, signal } = request;
  const { machine } = engine.target;
  try {
    const body = { ...addresses(request), RemoteAddrs: managers, JoinToken: token, Availability: availability };
    await engine.request('POST', '/swarm/join', { body });
  } catch (error) {
    const pending = refusalIn(error)?.message.includes('continue in the background') === true;
    if (!pending) throw refused(`${machine} cannot join the swarm`, error, machine);
  }
  return waitFor(
    async () => {
      const membership = await membershipOf(engine);
      if (membership.state === 'error') throw failedJoin(machine, membership.error ?? 'no reason given');
      return membership.state === 'active' && membership.nodeId !== undefined ? { ...membership, nodeId: membership.nodeId } : undefined;
    },
    { timeout: joinTimeout, maxInterval: 300, signal, what: `${machine} to join the swarm`, hint: tryCheck },
  );
}

async function nodeIds(manager: Engine): Promise<ReadonlySet<string>> {
  return new Set((await listNodes(manager)).map(({ id }) => id));
}

/**
 * An engine that gets a manager's certificate and then cannot listen or be reached leaves the entry of a manager that never worked, and
 * that counts for the quorum. Managers join one at a time, so the entry is this engine's. Raft does not know it: it cannot be demoted,
 * only removed.
 */
async function removePhantom(manager: Engine, before: ReadonlySet<string>): Promise<void> {
  for (const { id, role, reachability } of await listNodes(manager)) {
    if (!before.has(id) && role === 'manager' && reachability === undefined) await removeNode(manager, id, { force: true });
  }
}

/** The error, after what the attempt left behind is removed. When that fails, the error says so. */
async function tidiedUp(error: unknown, tidyUp: () => Promise<void>): Promise<unknown> {
  try {
    await tidyUp();
    return error;
  } catch (cause) {
    const { code, message, hint } = TsmachineError.from(error);
    const left = say`What the attempt left behind could not be removed: ${messageOf(cause)}`;
    return new TsmachineError(code, message, { cause: error, hint: hint === undefined ? left : say`${hint}\n${left}` });
  }
}

/** Waits until the managers see a node as Ready, and as Reachable when it is to be a manager. @throws TsmachineError WAIT_TIMEOUT */
export async function waitUntilSeen(
  manager: Engine,
  { machine, id, role, signal }: { machine: string; id: string; role: Role; signal: AbortSignal },
): Promise<void> {
  await waitForNode(manager, id, (node) => node?.state === 'ready' && (role === 'worker' || node.reachability === 'reachable'), {
    what: `the managers to see ${machine} as ${role === 'manager' ? 'reachable' : 'ready'}`,
    timeout: joinTimeout,
    signal,
    hint: tryCheck,
  });
}

/** Makes an engine forget its swarm and remove the containers of services. An engine that is in no swarm is a success. */
export async function leaveSwarm(engine: Engine, { force }: { force: boolean }): Promise<void> {
  try {
    await engine.request('POST', '/swarm/leave', { query: { force }, timeout: 120_000 });
  } catch (error) {
    if (refusalIn(error)?.message.includes('not part of a swarm') !== true) throw error;
  }
}

const tryCheck = say`${run('swarm', 'check')} shows which ports are blocked between the machines`;

function addresses({ advertiseAddr, listenAddr = advertiseAddr, dataPathAddr = withoutPort(advertiseAddr) }: NodeAddresses) {
  return { AdvertiseAddr: bare(advertiseAddr), ListenAddr: withPort(listenAddr), DataPathAddr: bare(dataPathAddr) };
}

function withPort(address: string): string {
  if (/^\[.*\]:\d+$|^[^:]+:\d+$/.test(address)) return address;
  return address.includes(':') && !address.startsWith('[') ? `[${address}]:${managerPort}` : `${address}:${managerPort}`;
}

function withoutPort(address: string): string {
  return address.replace(/^(\[.*\]|[^:]+):\d+$/, '$1');
}

function bare(address: string): string {
  return address.replace(/^\[|\]$/g, '');
}

const noSuchAddress = /cannot assign requested address|not recognized as a system address|could not choose an IP|interface|no such/i;

/** Whether an engine refused because its host does not have the address. */
export function isAddressFault(error: TsmachineError): boolean {
  return error.code === 'SWARM_JOIN' && noSuchAddress.test(error.message);
}

/** What the engine says when it cannot, and what helps (field experience: moby#36696, moby#30455, swarmkit#1340). */
const remedies: readonly [words: RegExp, hint: Text][] = [
  [
    noSuchAddress,
    "The address must be one of the host's own: --advertise-addr takes one of them or an interface; behind NAT give --listen-addr as well",
  ],
  [/could not connect to prospective new cluster member|DeadlineExceeded|deadline exceeded|connection refused|i\/o timeout/i, tryCheck],
  [/live-restore/i, 'Swarm mode does not work with live-restore: remove "live-restore" from /etc/docker/daemon.json on the host'],
  [/nftables/i, 'Swarm mode needs iptables: remove "firewall-backend" from /etc/docker/daemon.json on the host'],
  [/x509|certificate/i, say`Clocks that differ make certificates invalid: ${run('swarm', 'check')} compares them`],
];

function refused(what: string, error: unknown, machine: string): unknown {
  const words = refusalIn(error)?.message;
  return words === undefined
    ? error
    : new TsmachineError('SWARM_JOIN', `${what}: ${words}`, { cause: error, hint: remedyFor(words, machine) });
}

function failedJoin(machine: string, words: string): TsmachineError {
  return new TsmachineError('SWARM_JOIN', `${machine} could not join the swarm: ${words}`, { hint: remedyFor(words, machine) ?? tryCheck });
}

function remedyFor(words: string, machine: string): Text | undefined {
  if (/already part of a swarm/i.test(words)) return say`${run('swarm', 'leave', machine)} takes it out`;
  return remedies.find(([pattern]) => pattern.test(words))?.[1];
}
