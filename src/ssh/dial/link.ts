import type { Client } from 'ssh2';

import { lost } from './failures.js';
import type { Place } from './place.js';

/** One logged-in client: knows when it is gone, and fails whatever is under way then. */
export class Link {
  readonly client: Client;
  readonly place: Place;
  closed = false;
  #reason: unknown;
  readonly #watchers = new Set<(reason: unknown) => void>();
  readonly #release: () => void;

  /** @param release frees what lies below (a proxy program, the hop before) once this link is gone. */
  constructor(client: Client, place: Place, release: () => void) {
    this.client = client;
    this.place = place;
    this.#release = release;
    // without a listener an error of an idle connection would end the program
    client.on('error', (error) => {
      this.#reason ??= error;
    });
    client.on('close', () => {
      this.#gone();
    });
  }

  /** Runs `start` until it settles or the connection breaks, which is SSH_LOST "... while `during`". */
  guard<T>(during: string, start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.closed) {
        reject(lost(this.place, during, this.#reason));
        return;
      }
      const watcher = (reason: unknown): void => {
        reject(lost(this.place, during, reason));
      };
      this.#watchers.add(watcher);
      const settled =
        <A>(use: (argument: A) => void) =>
        (argument: A) => {
          this.#watchers.delete(watcher);
          use(argument);
        };
      start(settled(resolve), settled(reject));
    });
  }

  /** Says goodbye and waits for the other side's, half a second at most. */
  close(): Promise<void> {
    if (this.closed) return Promise.resolve();
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
    this.#release();
  }
}
