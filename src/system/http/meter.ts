import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { errorText } from '../../base/errors.js';
import type { Io } from '../../base/io.js';

/** Milliseconds between two progress reports. */
const reportInterval = 500;
/** Milliseconds over which the rate is averaged. */
const rateWindow = 5000;
/** Milliseconds after which a copy counts as long, so that its total size is measured. */
const longAfter = 2000;
/** Bytes; large, because each chunk costs a turn of the event loop. */
const chunk = 1 << 20;

/** Counts transferred bytes and reports progress: bytes, rate and time left. */
export class Meter {
  bytes = 0;
  readonly #io: Io;
  readonly #what: string;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #samples: { at: number; bytes: number }[] = [{ at: this.#started, bytes: 0 }];
  #total: number | undefined;
  #measure: NodeJS.Timeout | undefined;
  #stopped: number | undefined;
  #position: (() => Promise<number>) | undefined;

  /** @param total bytes to come, when that is known */
  constructor(io: Io, what: string, total: number | undefined) {
    this.#io = io;
    this.#what = what;
    this.#total = total;
    io.progress(what);
    this.#timer = setInterval(() => {
      this.#update();
    }, reportInterval).unref();
  }

  get milliseconds(): number {
    return (this.#stopped ?? performance.now()) - this.#started;
  }

  /** Measures the total once the copy has taken long enough for it to be of interest. */
  whenLong(measure: () => Promise<number | undefined>): void {
    this.#measure = setTimeout(() => {
      measure().then(
        (total) => {
          this.#total ??= total;
        },
        (error: unknown) => {
          this.#io.debug(`No total for ${this.#what}: ${errorText(error)}`);
        },
      );
    }, longAfter).unref();
  }

  /** Passes the bytes of `source` on and counts them. An error of the source becomes an error of the result, and an abort ends both. */
  count(source: Readable, signal: AbortSignal): Readable {
    const counter = new Transform({
      highWaterMark: chunk,
      transform: (data: Buffer, _encoding, done) => {
        this.bytes += data.length;
        done(null, data);
      },
    });
    pipeline(source, counter, { signal }).catch(() => undefined); // the counter ends with the same error, which its reader gets
    return counter;
  }

  /** Reports a transfer by another program: `position` returns the bytes so far, and is called until `unfollow` or `stop`. */
  follow(position: () => Promise<number>): void {
    this.#position = position;
  }

  unfollow(): void {
    this.#position = undefined;
  }

  /** Sets figures that somebody else counted. Bytes from before the first call, or from before a restart, do not count for the rate. */
  seen(bytes: number, total: number | undefined): void {
    if (this.bytes === 0 || bytes < this.bytes) this.#samples = [{ at: performance.now(), bytes }];
    this.bytes = bytes;
    this.#total = total;
  }

  stop(): void {
    this.unfollow();
    clearInterval(this.#timer);
    clearTimeout(this.#measure);
    this.#stopped ??= performance.now();
  }

  #update(): void {
    const position = this.#position;
    if (position === undefined) {
      this.#report();
      return;
    }
    position().then(
      (bytes) => {
        if (this.#position !== position) return;
        this.bytes = Math.min(bytes, this.#total ?? bytes);
        this.#report();
      },
      (error: unknown) => {
        this.#io.debug(`No figures for ${this.#what}: ${errorText(error)}`);
      },
    );
  }

  #report(): void {
    const now = performance.now();
    this.#samples = [...this.#samples.filter(({ at }) => now - at <= rateWindow), { at: now, bytes: this.bytes }];
    const [first = { at: this.#started, bytes: 0 }] = this.#samples;
    const rate = ((this.bytes - first.bytes) / Math.max(1, now - first.at)) * 1000;
    this.#io.progress(`${this.#what}: ${figures(this.bytes, this.#total, rate)}`, true);
  }
}

/** `120 MiB of 256 MiB (46 %), 93.0 MiB/s, 2 s left`; without a total only the bytes and the rate. @param rate bytes per second */
export function figures(bytes: number, total: number | undefined, rate: number): string {
  const speed = `${size(rate)}/s`;
  if (total === undefined || total < bytes) return `${size(bytes)}, ${speed}`;
  const percent = total === 0 ? 100 : Math.floor((bytes / total) * 100);
  const left = rate > 0 ? `, ${duration((total - bytes) / rate)} left` : '';
  return `${size(bytes)} of ${size(total)} (${percent} %), ${speed}${left}`;
}

/** `512 B`, `1.5 KiB`, `256 MiB`. */
export function size(bytes: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** power;
  return `${value >= 100 || power === 0 ? value.toFixed(0) : value.toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power] ?? 'B'}`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
