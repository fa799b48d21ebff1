import type { Fault } from '../types.js';

interface Counted {
  readonly fault: Fault;
  seen: number;
}

/** What goes wrong on request. Every call is counted for every entry that it fits. */
export class Faults {
  #table: Counted[] = [];

  add(fault: Fault): void {
    this.#table.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#table = [];
  }

  /** The fault for this call, if any. */
  take(call: {
    readonly service: string;
    readonly action: string;
    readonly project: string | null;
    readonly place: string | null;
  }): Fault | undefined {
    let found: Fault | undefined;
    for (const counted of this.#table) {
      const { action, project, place, nth = 1, times = 1 } = counted.fault;
      if (action === undefined ? call.service !== 'compute' : action !== call.action) continue;
      if ((project ?? call.project) !== call.project || (place ?? call.place) !== call.place) continue;
      counted.seen += 1;
      if (counted.seen >= nth && (times === null || counted.seen < nth + times)) found ??= counted.fault;
    }
    return found;
  }
}

/** How many calls a second a project may make, in a window of one second. */
export class Rate {
  readonly #calls = new Map<string, number[]>();

  allows(project: string, perSecond: number): boolean {
    const now = performance.now();
    const recent = (this.#calls.get(project) ?? []).filter((each) => now - each < 1000);
    const allowed = recent.length < perSecond;
    if (allowed) recent.push(now);
    this.#calls.set(project, recent);
    return allowed;
  }
}
