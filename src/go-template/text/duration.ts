import { float, int, string, type IntValue } from '../values.js';

/** A Go duration of whole milliseconds, with the methods that a template can call. */
export function duration(ms: number): IntValue {
  const value = BigInt(Math.round(ms)) * 1_000_000n;
  return {
    kind: 'int',
    type: 'time.Duration',
    value,
    text: durationText(ms),
    methods: {
      String: () => string(durationText(ms)),
      Hours: () => float(ms / 3_600_000),
      Minutes: () => float(ms / 60_000),
      Seconds: () => float(ms / 1000),
      Milliseconds: () => int(value / 1_000_000n, 'int64'),
      Microseconds: () => int(value / 1000n, 'int64'),
      Nanoseconds: () => int(value, 'int64'),
    },
  };
}

/** `0s`, `12ms`, `1.5s`, `2m0s` */
function durationText(ms: number): string {
  if (ms > 0 && ms < 1000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  return `${hours > 0 ? `${hours}h` : ''}${ms >= 60_000 ? `${minutes}m` : ''}${(ms % 60_000) / 1000}s`;
}
