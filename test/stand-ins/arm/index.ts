import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Context } from 'mocha';

import { scratch } from '../../helpers/scratch.js';
import { kinds } from './cloud/kinds.js';
import { machines, moveMachine, reclaim } from './cloud/compute/control.js';
import { deleteByHand, untagAll } from './cloud/by-hand.js';
import { ArmError } from './front/errors.js';
import { Gate } from './front/gate.js';
import { listen, type Listening } from './front/listener.js';
import { identityHeader } from './front/metadata.js';
import { certify, trust } from './front/trust.js';
import { PublishedTypes, typesFolder } from './model/types.js';
import type {
  Behaviour,
  Call,
  Exhausted,
  Fault,
  KeptMachine,
  Limits,
  Power,
  Principal,
  StateNote,
  Violation,
  WorldOptions,
} from './types.js';
import { inventory } from './world/inventory.js';
import { firstPrincipal, firstSubscription, firstTenant, World, type Subscription } from './world/world.js';

export type * from './types.js';
export { firstPrincipal, firstSubscription, firstTenant };

/** Azure Resource Manager with its authority, for one or more subscriptions, in this process. See README.md. */
export class ArmStandIn {
  readonly url: string;
  /** File of the authority that signed the certificate of `url`; this process trusts it already. */
  readonly caFile: string;
  readonly #listening: Listening;
  readonly #now: { world: World };

  private constructor(listening: Listening, caFile: string, now: { world: World }) {
    this.#listening = listening;
    this.caFile = caFile;
    this.url = `https://127.0.0.1:${listening.port}`;
    this.#now = now;
  }

  get #world(): World {
    return this.#now.world;
  }

  static async start(): Promise<ArmStandIn> {
    const folder = typesFolder();
    const { ca, cert, key } = await certify();
    const caFile = join(scratch(), 'ca.pem');
    await writeFile(caFile, ca);
    trust(ca);
    const now = { world: new World({}) };
    const gate = new Gate(kinds, folder === undefined ? undefined : new PublishedTypes(folder));
    return new ArmStandIn(await listen({ cert, key }, () => now.world, gate), caFile, now);
  }

  /** Starts anew with empty subscriptions; the journal is empty too. Calls that hang are cut off. */
  async reset(options: WorldOptions = {}): Promise<void> {
    this.#world.end();
    this.#now.world = new World(options);
  }

  /** Changes how the cloud behaves from now on. */
  async behave(behaviour: Behaviour): Promise<void> {
    Object.assign(this.#world.behaviour, behaviour);
    for (const each of this.#world.subscriptions.values()) delete each.bucket;
  }

  /** Adds faults; each counts the calls that come after it was added. The first that fits a call is played. */
  async fault(...faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) this.#world.faults.add(fault);
  }

  async clearFaults(): Promise<void> {
    this.#world.faults.clear();
  }

  /** Says what has no room from now on; an empty list ends it. */
  async exhaust(entries: readonly Exhausted[]): Promise<void> {
    this.#world.exhausted = entries;
  }

  async setLimits(limits: Limits, subscription = firstSubscription): Promise<void> {
    this.#subscription(subscription).limits = limits;
  }

  /** Takes principals' roles or secrets away, or gives others, by client id. Tokens that were given stay good, with the new role. */
  async changePrincipal(client: string, change: Partial<Principal>): Promise<void> {
    const { principals, tokens } = this.#world;
    const at = principals.findIndex((each) => each.client === client);
    const before = principals[at];
    if (before === undefined) throw new Error(`no principal ${client}`);
    const changed = { ...before, ...change };
    principals[at] = changed;
    for (const [key, token] of tokens) if (token.principal === before) tokens.set(key, { ...token, principal: changed });
  }

  /** Makes all tokens that were given so far useless. */
  async expireTokens(): Promise<void> {
    for (const [key, token] of this.#world.tokens) this.#world.tokens.set(key, { ...token, until: 0 });
  }

  /** Locks a scope (an id), as somebody in the portal. */
  async lock(scope: string, level: 'CanNotDelete' | 'ReadOnly' = 'CanNotDelete'): Promise<void> {
    this.#subscription(scope.split('/')[2] ?? '').locks.push({ scope, level });
  }

  async unlock(scope: string): Promise<void> {
    const { locks } = this.#subscription(scope.split('/')[2] ?? '');
    locks.splice(0, locks.length, ...locks.filter((each) => each.scope !== scope));
  }

  /** A sorted line for everything that exists in all subscriptions: `SUBSCRIPTION TYPE GROUP/NAME STATE {TAGS}`. */
  async inventory(): Promise<readonly string[]> {
    return inventory(this.#world);
  }

  /** The calls since the reset, in order. @param after leaves out as many */
  async calls(after = 0): Promise<readonly Call[]> {
    return this.#world.journal.calls.slice(after).map((each) => ({ ...each }));
  }

  /** Requests since the reset that the published types do not allow, or that the stand-in does not play. A suite has none. */
  async violations(): Promise<readonly Violation[]> {
    return [...this.#world.journal.violations];
  }

  async machines(): Promise<readonly KeptMachine[]> {
    return machines(this.#world);
  }

  /** Waits until so many calls of an action have come since the reset, or have been answered. @returns false after `seconds` */
  async calledUntil(action: string, { count = 1, answered = false, seconds = 30 } = {}): Promise<boolean> {
    const { journal } = this.#world;
    return journal.until(
      () => journal.calls.filter((each) => each.action === action && (!answered || each.outcome !== null)).length >= count,
      seconds,
    );
  }

  /** What machines were told to do after the first `seen` notes; waits for something to tell. `reset`: the world is another one now. */
  async notes(seen: number, seconds = 30): Promise<{ readonly states: readonly StateNote[]; readonly reset: boolean }> {
    const world = this.#world;
    await world.journal.until(() => world.over || world.notes.length > seen, seconds);
    return { states: world.notes.slice(seen), reset: world.over };
  }

  /** Ends the operation that works on a machine, which a backed world does not do by itself. @param failure why it failed */
  async settle(id: string, failure?: { readonly code: string; readonly message: string }): Promise<void> {
    const operation = this.#world.operations.running(id);
    if (operation) this.#world.operations.end(operation, failure && new ArmError(409, failure.code, failure.message));
  }

  /** Moves a machine as nobody can from outside. */
  async setMachine(
    id: string,
    change: { readonly power?: Power; readonly console?: string; readonly publicAddress?: string; readonly privateAddress?: string },
  ): Promise<void> {
    moveMachine(this.#world, id, change);
  }

  /** Takes a spot machine away, as its eviction policy says. */
  async reclaim(id: string): Promise<void> {
    reclaim(this.#world, id);
  }

  /** As somebody in the portal, at once and whatever uses it; a machine's other parts go as their deleteOption says. */
  async deleteByHand(id: string): Promise<void> {
    deleteByHand(this.#world, id);
  }

  /** Takes all tags from everything, as if another program had made it. */
  async untagAll(): Promise<void> {
    untagAll(this.#world);
  }

  /** The environment in which DefaultAzureCredential and our programs reach the stand-in and nothing else. @param dir an empty folder */
  env(dir: string, principal: Principal = firstPrincipal, subscription = firstSubscription): Record<string, string> {
    return {
      ...this.endpoints(dir),
      AZURE_SUBSCRIPTION_ID: subscription,
      AZURE_TENANT_ID: principal.tenant ?? firstTenant,
      AZURE_CLIENT_ID: principal.client,
      ...(principal.secret === undefined ? {} : { AZURE_CLIENT_SECRET: principal.secret }),
    };
  }

  /** The same without credentials. AZURE_RESOURCE_MANAGER_ENDPOINT says where the resource manager is. */
  endpoints(dir: string): Record<string, string> {
    return {
      AZURE_AUTHORITY_HOST: this.url,
      AZURE_RESOURCE_MANAGER_ENDPOINT: this.url,
      NODE_EXTRA_CA_CERTS: this.caFile,
      AZURE_CONFIG_DIR: dir,
      // no metadata service of the computer that runs the tests
      AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9',
    };
  }

  /** A managed identity as App Service and container instances give it. */
  managedEnv(dir: string, subscription = firstSubscription): Record<string, string> {
    return {
      ...this.endpoints(dir),
      AZURE_SUBSCRIPTION_ID: subscription,
      IDENTITY_ENDPOINT: `${this.url}/msi/token`,
      IDENTITY_HEADER: identityHeader,
    };
  }

  /** A workload identity as Kubernetes gives it; writes the token's file into `dir`. */
  async workloadEnv(dir: string, principal: Principal = firstPrincipal): Promise<Record<string, string>> {
    const file = join(dir, 'federated-token');
    await writeFile(file, principal.federated ?? 'no token');
    const { AZURE_CLIENT_SECRET: _, ...env } = this.env(dir, principal);
    return { ...env, AZURE_FEDERATED_TOKEN_FILE: file };
  }

  async stop(): Promise<void> {
    const { server } = this.#listening;
    this.#world.end();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  unref(): void {
    this.#listening.server.unref();
  }

  #subscription(id: string): Subscription {
    const found = this.#world.subscriptions.get(id.toLowerCase());
    if (found === undefined) throw new Error(`no subscription ${id}`);
    return found;
  }
}

let started: Promise<ArmStandIn> | undefined;

/** The stand-in of this process, started by the first call and ended with the process; what the last test left is there until `reset`. */
export function startArmStandIn(): Promise<ArmStandIn> {
  return (started ??= start());
}

/**
 * As `startArmStandIn`, for a `before` hook. Where Azure's published types are not there, bodies are not checked, which is said aloud.
 * @param context the `this` of the hook
 */
export async function armStandIn(context: Context): Promise<ArmStandIn> {
  context.timeout(60_000);
  return startArmStandIn();
}

async function start(): Promise<ArmStandIn> {
  if (typesFolder() === undefined) {
    process.stderr.write(
      'The stand-in for Azure checks no bodies: the published types are not in ../shared/azure-types, nor in TSMACHINE_AZURE_TYPES.\n',
    );
  }
  const made = await ArmStandIn.start();
  made.unref();
  return made;
}
