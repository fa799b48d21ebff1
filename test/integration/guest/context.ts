import { join } from 'node:path';

import '../../helpers/state-dir.js';
import { driverContext } from '../../../src/machine/access/driver-context.js';
import { Resources } from '../../../src/machine/access/resources.js';
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
  const session = openSession({ storePath, io, signal: abort.signal });
  const unused = () => Promise.resolve({});
  const ctx = driverContext(session, {
    name: 'vm1',
    module: { name: 'none', flags: [], features: { hostKeyKnown: false } },
    data: {},
    resources: new Resources(session, 'vm1', 'none'),
    keep: unused,
    replace: unused,
  });
  return { ctx, io, cache: ctx.cacheDir, abort };
}
