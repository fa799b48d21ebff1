import { parseRange, type Range } from './cidr.js';

export interface Route extends Range {
  readonly device: string;
}

/** Routes to networks out of the lines of `ip -o -4 route show table all`: no default ones, nothing of the host's own addresses. */
export function parseRoutes(lines: readonly string[]): Route[] {
  return lines.flatMap((line) => {
    const [, target = ''] = /^(?:unicast\s+|blackhole\s+|unreachable\s+)?(\d\S*)/.exec(line) ?? [];
    const range = parseRange(target);
    if (!range || range.bits === 0) return [];
    return [{ ...range, device: /\bdev\s+(\S+)/.exec(line)?.[1] ?? '' }];
  });
}
