import type { Fault } from '../types.js';

/** What goes wrong on request. Every call is counted for every fault that it fits; the first one that is due is played. */
export class Faults {
  readonly #table: { readonly fault: Fault; seen: number }[] = [];
  #hanging: (() => void)[] = [];

  add(fault: Fault): void {
    this.#table.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#table.length = 0;
    for (const end of this.#hanging) end();
    this.#hanging = [];
  }

  take({ action, subscription, path }: { action: string; subscription: string | null; path: string }): Fault | undefined {
    let found: Fault | undefined;
    const end = (path.split('?')[0] ?? '').toLowerCase();
    for (const entry of this.#table) {
      const { fault } = entry;
      if (fault.action !== undefined && fault.action !== '*' && fault.action !== action) continue;
      if (fault.subscription !== undefined && fault.subscription !== subscription) continue;
      if (fault.ending !== undefined && !end.endsWith(fault.ending.toLowerCase())) continue;
      entry.seen += 1;
      const { nth = 1, times = 1 } = fault;
      if (entry.seen >= nth && (times === null || entry.seen < nth + times)) found ??= fault;
    }
    return found;
  }

  /** Until the faults are cleared. */
  async hang(): Promise<void> {
    return new Promise((resolve) => this.#hanging.push(resolve));
  }
}

/** A token bucket, as each subscription has in each region. */
export class Bucket {
  readonly #rate: number;
  readonly #size: number;
  #tokens: number;
  #last = performance.now();

  constructor(perSecond: number, burst: number | null = null) {
    this.#rate = perSecond;
    this.#size = burst ?? Math.max(1, perSecond);
    this.#tokens = this.#size;
  }

  /** Seconds until there is room again; 0: the call may go on. */
  take(): number {
    const now = performance.now();
    this.#tokens = Math.min(this.#size, this.#tokens + ((now - this.#last) / 1000) * this.#rate);
    this.#last = now;
    if (this.#tokens < 1) return Math.max(1, Math.ceil((1 - this.#tokens) / this.#rate));
    this.#tokens -= 1;
    return 0;
  }
}
