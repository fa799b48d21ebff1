import type { Client } from 'ssh2';

import { connectionLost, keptQuiet } from './failures.js';
import type { Place } from './place.js';

/** One logged-in ssh2 client. When the connection breaks, every operation still running on it fails. */
export class Link {
  readonly client: Client;
  readonly place: Place;
  closed = false;
  #reason: unknown;
  readonly #watchers = new Set<(reason: unknown) => void>();
  readonly #release: () => void | Promise<void>;
  #released: Promise<void> = Promise.resolve();

  /** @param release frees what the link was built on (a proxy program, the channel through the previous hop) once it is gone. */
  constructor(client: Client, place: Place, release: () => void | Promise<void>) {
    this.client = client;
    this.place = place;
    this.#release = release;
    // without a listener, an error on an idle connection would end the program
    client.on('error', (error) => {
      this.#reason ??= error;
    });
    client.on('close', () => {
      this.#gone();
    });
  }

  /**
   * Runs `start` until it resolves or rejects.
   * @param within milliseconds, for what the host itself answers: after that the connection is given up
   * @throws TsmachineError SSH_LOST "... while `during`" when the connection breaks first
   */
  guard<T>(during: string, start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void, within?: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.closed) {
        reject(connectionLost(this.place, during, this.#reason));
        return;
      }
      const giveUp = (): void => {
        reject(keptQuiet(this.place, during, within ?? 0));
        this.client.destroy();
        this.#gone();
      };
      const timer = within === undefined ? undefined : setTimeout(giveUp, within);
      const watcher = (reason: unknown): void => {
        clearTimeout(timer);
        reject(connectionLost(this.place, during, reason));
      };
      this.#watchers.add(watcher);
      const unwatched =
        <A>(use: (argument: A) => void) =>
        (argument: A) => {
          clearTimeout(timer);
          this.#watchers.delete(watcher);
          use(argument);
        };
      start(unwatched(resolve), unwatched(reject));
    });
  }

  /** Closes the connection, waits up to half a second for the other side to do the same, and frees what the link was built on. */
  async close(): Promise<void> {
    if (!this.closed) await this.#end();
    await this.#released;
  }

  #end(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.client.destroy();
        this.#gone();
        resolve();
      }, 500);
      this.client.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.client.end();
    });
  }

  #gone(): void {
    if (this.closed) return;
    this.closed = true;
    for (const watcher of [...this.#watchers]) watcher(this.#reason);
    this.#watchers.clear();
    this.#released = Promise.resolve(this.#release());
  }
}
