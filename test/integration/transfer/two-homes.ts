import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { createMachine } from '../../../src/machine/create.js';
import '../../helpers/state-dir.js';
import { openSession, type Session } from '../../../src/session.js';
import type { FlagValues } from '../../../src/base/flags.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { scratch } from '../../helpers/scratch.js';

/** A person with a home folder and the store in it. */
export interface Person {
  readonly home: string;
  readonly io: RecordingIo;
  readonly session: Session;
}

export async function person(answer?: string): Promise<Person> {
  const home = scratch();
  await mkdir(join(home, '.ssh'), { mode: 0o700 });
  const io = new RecordingIo(answer);
  const env = { HOME: home, USER: 'ann', PATH: process.env['PATH'] };
  return { home, io, session: openSession({ storePath: join(home, '.docker', 'machine'), io, signal: new AbortController().signal, env }) };
}

export async function makeMachine({ session }: Person, name: string, url: string, flags: FlagValues = {}): Promise<void> {
  await createMachine(session, { name, driverName: 'none', flags: { url, ...flags }, engine: {}, install: { mode: 'auto' }, tlsSans: [] });
}
