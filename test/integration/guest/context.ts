import { join } from 'node:path';

import { driverContext } from '../../../src/machine/access/driver-context.js';
import { openSession } from '../../../src/session.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { scratch } from '../../helpers/scratch.js';

export interface Place {
  readonly ctx: DriverContext;
  readonly io: RecordingIo;
  readonly cache: string;
  readonly abort: AbortController;
}

/** The very context that drivers get, over a new store. */
export function place(): Place {
  const storePath = join(scratch(), 'store');
  const io = new RecordingIo();
  const abort = new AbortController();
  const ctx = driverContext(
    openSession({ storePath, io, signal: abort.signal }),
    { name: 'vm1', module: { features: { hostKeyKnown: false } } },
    () => Promise.resolve(),
  );
  return { ctx, io, cache: ctx.cacheDir, abort };
}
