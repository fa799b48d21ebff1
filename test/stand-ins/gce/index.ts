import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Context } from 'mocha';

import { skip } from '../../helpers/skip.js';
import { writeCredential, type CredentialKind } from './front/credentials.js';
import { Front } from './front/server.js';
import { tokenFor } from './front/tokens.js';
import { computeDescription, NoDescription } from './install.js';
import type { Behaviour, Call, Exhausted, Fault, KeptInstance, Principal, Quotas, StateNote, Violation, WorldOptions } from './types.js';
import { byHand, inventory, keptInstances, preempt, setInstance, type InstanceChange } from './world/by-hand.js';
import { firstPrincipal, firstProject } from './world/world.js';

export type * from './types.js';
export { firstPrincipal, firstProject };

/** Google Compute Engine for one or more projects, in this process. See README.md. */
export class GceStandIn {
  readonly url: string;
  readonly #front: Front;

  constructor(front: Front, port: number) {
    this.#front = front;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts anew with empty projects; the journal is empty too. Calls that hang are cut off. */
  async reset(options: WorldOptions = {}): Promise<void> {
    this.#front.reset(options);
  }

  /** Changes how the cloud behaves from now on. */
  async behave(behaviour: Behaviour): Promise<void> {
    const { world } = this.#front;
    world.behaviour = { ...world.behaviour, ...behaviour };
  }

  /** Adds faults; each counts the calls that come after it was added. The first that fits a call is played. */
  async fault(...faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) this.#front.faults.add(fault);
  }

  async clearFaults(): Promise<void> {
    this.#front.faults.clear();
    this.#front.letGo();
  }

  /** Says what has no room from now on; an empty list ends it. */
  async exhaust(entries: readonly Exhausted[]): Promise<void> {
    this.#front.world.exhausted = entries;
  }

  async setLimits(quotas: Quotas, project: string = firstProject): Promise<void> {
    this.#front.world.project(project).quotas = quotas;
  }

  /** A sorted line for everything that exists in all projects, but for what every project has by itself. */
  async inventory(): Promise<readonly string[]> {
    return inventory(this.#front.world);
  }

  /** The calls since the reset, in order. @param after leaves out as many */
  async calls(after = 0): Promise<readonly Call[]> {
    return structuredClone(this.#front.journal.calls.slice(after));
  }

  /** Requests since the reset that Google's own description does not allow, or that the stand-in does not play. A suite has none. */
  async violations(): Promise<readonly Violation[]> {
    return [...this.#front.journal.violations];
  }

  async instances(): Promise<readonly KeptInstance[]> {
    return keptInstances(this.#front.world);
  }

  /** Waits until so many calls of an action have come since the reset, or have been answered. @returns false after `seconds` */
  async calledUntil(action: string, { count = 1, answered = false, seconds = 30 } = {}): Promise<boolean> {
    const { journal } = this.#front;
    const fits = (call: Call) => call.action === action && (!answered || call.outcome !== null);
    return journal.until(() => journal.calls.filter(fits).length >= count, seconds);
  }

  /** What instances did after the first `seen` notes; waits for something to tell. `reset`: the world is another one now. */
  async notes(seen: number, seconds = 30): Promise<{ readonly states: readonly StateNote[]; readonly reset: boolean }> {
    const { world } = this.#front;
    if (world.notes.length <= seen) await world.pause(seconds * 1000);
    return { states: world.notes.slice(seen), reset: this.#front.world !== world };
  }

  /** Moves an instance as nobody can from outside. @param instance its name or its number */
  async setInstance(instance: string, change: InstanceChange): Promise<void> {
    setInstance(this.#front.world, instance, change);
  }

  /** Takes a spot or preemptible instance away: stopped, or deleted where it says so. */
  async reclaim(instance: string): Promise<void> {
    preempt(this.#front.world, instance);
  }

  /** As somebody in the console. @param path `instances/m1`, `disks/m1`, `firewalls/f`, `addresses/a` */
  async deleteByHand(path: string): Promise<void> {
    byHand(this.#front.world, path);
  }

  /**
   * The environment in which programs reach the stand-in and nothing else.
   * @param dir an empty folder, for the file of the credential
   * @param options `as`: the service account of an impersonated one
   */
  env(
    dir: string,
    {
      principal = firstPrincipal,
      kind = 'external',
      as,
      project = firstProject,
    }: { readonly principal?: Principal; readonly kind?: CredentialKind; readonly as?: string; readonly project?: string } = {},
  ): Record<string, string> {
    const common = { GOOGLE_ENDPOINT: this.url, GOOGLE_PROJECT: project, CLOUDSDK_CONFIG: dir };
    if (kind === 'metadata') return { ...common, GCE_METADATA_HOST: new URL(this.url).host };
    const file = writeCredential(dir, { kind, url: this.url, email: principal.email, project, ...(as === undefined ? {} : { as }) });
    return { ...common, GOOGLE_APPLICATION_CREDENTIALS: file, METADATA_SERVER_DETECTION: 'none' };
  }

  /**
   * With this in its environment, too, a process reaches Google's own hosts through a proxy, and finds the stand-in there: for `user` and
   * `service-account`, and for programs that name no endpoint. A call to any other host is a violation.
   */
  async proxyEnv(dir: string): Promise<Record<string, string>> {
    const file = join(dir, 'google.pem');
    await writeFile(file, await this.#front.asProxy());
    return { HTTPS_PROXY: this.url, NO_PROXY: '127.0.0.1,localhost', NODE_EXTRA_CA_CERTS: file };
  }

  /** What callers put into `Authorization: Bearer`. */
  token(principal: Principal = firstPrincipal): string {
    return tokenFor(principal.email);
  }

  async stop(): Promise<void> {
    started = undefined;
    await this.#front.stop();
  }
}

let started: Promise<GceStandIn> | undefined;

/** As `gceStandIn`, where no suite is. @throws NoDescription where Google's description cannot be had */
export function startGceStandIn(): Promise<GceStandIn> {
  return (started ??= start());
}

/**
 * The stand-in of this process, started by the first call and ended with the process; what the last test left is there until `reset`.
 * The suite is skipped where Google's description of its API cannot be had.
 * @param context the `this` of a `before` hook, with time for a first installation (a minute)
 */
export async function gceStandIn(context: Context): Promise<GceStandIn> {
  context.timeout(600_000);
  try {
    return await startGceStandIn();
  } catch (error) {
    if (error instanceof NoDescription) return skip(context, error.message);
    throw error;
  }
}

async function start(): Promise<GceStandIn> {
  const front = new Front(await computeDescription());
  return new GceStandIn(front, await front.listen());
}
