import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readConfig } from '../../../drivers/nspawn/config.js';
import { errorText } from '../../../src/base/errors.js';
import type { Lab, LabHost } from '../../helpers/lab.js';
import { bootFirst, startElsewhere, turnOff, type Guest } from './boot.js';

/** What happens to an instance, by its id. `asked`: somebody waits for it, and the cloud is to be told when it is done. */
export interface Happening {
  readonly id: string;
  readonly what: 'start' | 'stop' | 'remove' | 'reboot';
  readonly asked: boolean;
}

/** What a cloud is told of the host that plays an instance. */
export interface HostChange {
  readonly state?: 'running' | 'stopped' | 'removed';
  /** Its own, inside and outside. */
  readonly address?: string;
  /** What its console shows from now on. */
  readonly console?: string;
}

/** A stand-in whose instances hosts play. */
export interface BackedCloud {
  /** What happened after the first `seen`; waits a second for something to tell. `reset`: there is nothing to play any more. */
  happenings(seen: number): Promise<{ readonly events: readonly (Happening | undefined)[]; readonly reset: boolean }>;
  /** Undefined: it has gone meanwhile. */
  guest(id: string): Promise<Guest | undefined>;
  change(id: string, change: HostChange): Promise<void>;
}

export interface BackingOptions {
  /** `image`: the engine is installed on the hosts, as by an image of the user's own; `machine`: nothing is. */
  readonly engine?: 'image' | 'machine';
  /** A start gives the address of before, as static ones do. */
  readonly keepsAddress?: boolean;
}

/**
 * Plays the instances of a cloud by hosts of a lab. On its first boot cloud-init gets the instance's user data, byte for byte. Public and private
 * address are the host's, another one after each stop unless said otherwise. What the cloud keeps of firewalls is not enforced.
 */
export class Backing {
  readonly #cloud: BackedCloud;
  readonly #lab: Lab;
  readonly #options: BackingOptions;
  readonly #hosts = new Map<string, LabHost>();
  /** What each host is still busy with: its own changes come one after the other. */
  readonly #work = new Map<string, Promise<void>>();
  readonly #failures: Error[] = [];
  #over = false;
  readonly #loop: Promise<void>;

  constructor(cloud: BackedCloud, lab: Lab, options: BackingOptions = {}) {
    this.#cloud = cloud;
    this.#lab = lab;
    this.#options = options;
    this.#loop = this.#follow();
  }

  host(id: string): LabHost | undefined {
    return this.#hosts.get(id);
  }

  /** Removes all hosts. @throws what went wrong on any of them */
  async close(): Promise<void> {
    this.#over = true;
    await this.#loop;
    await Promise.all(this.#work.values());
    for (const host of this.#hosts.values()) await host.remove();
    const [failure] = this.#failures;
    if (failure) throw failure;
  }

  async #follow(): Promise<void> {
    let seen = 0;
    while (!this.#over) {
      const { events, reset } = await this.#cloud.happenings(seen);
      if (reset) return;
      seen += events.length;
      for (const event of events) {
        if (event === undefined) continue;
        const before = this.#work.get(event.id) ?? Promise.resolve();
        const next = before.then(() => this.#play(event));
        this.#work.set(
          event.id,
          next.catch((error: unknown) => this.#fail(event, error)),
        );
      }
    }
  }

  async #fail({ id, what }: Happening, error: unknown): Promise<void> {
    const failure = new Error(`the host of ${id}, ${what}: ${errorText(error)}`, { cause: error });
    this.#failures.push(failure);
    await this.#cloud.change(id, { console: failure.message });
  }

  async #play({ id, what, asked }: Happening): Promise<void> {
    const host = this.#hosts.get(id);
    if (what === 'start') return host ? this.#start(id, host) : this.#boot(id);
    if (what === 'reboot') return host && this.#reboot(id, host);
    if (what === 'stop') {
      if (host) await turnOff(host);
      if (asked) await this.#cloud.change(id, { state: 'stopped' });
      return;
    }
    this.#hosts.delete(id);
    await host?.remove();
    if (asked) await this.#cloud.change(id, { state: 'removed' });
  }

  async #boot(id: string): Promise<void> {
    const guest = await this.#cloud.guest(id);
    if (guest === undefined) return;
    const host = await this.#lab.host(id, { engine: this.#options.engine ?? 'image' });
    this.#hosts.set(id, host);
    await bootFirst(host, guest);
    await this.#isUp(id, host);
  }

  async #start(id: string, host: LabHost): Promise<void> {
    if (this.#options.keepsAddress === true) await host.machine.driver.start(host.machine.data, host.machine.ctx);
    else await startElsewhere(host);
    await this.#isUp(id, host);
  }

  async #reboot(id: string, host: LabHost): Promise<void> {
    await turnOff(host);
    await host.machine.driver.start(host.machine.data, host.machine.ctx);
    await this.#tellConsole(id, host);
  }

  async #isUp(id: string, host: LabHost): Promise<void> {
    const { ip } = readConfig(host.machine.data);
    await this.#cloud.change(id, { state: 'running', address: ip });
    await this.#tellConsole(id, host);
  }

  async #tellConsole(id: string, host: LabHost): Promise<void> {
    const output = join(host.machine.ctx.machineDir, 'root', 'var', 'log', 'cloud-init-output.log');
    await this.#cloud.change(id, { console: await readFile(output, 'utf8') });
  }
}
