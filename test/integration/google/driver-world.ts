import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { openGoogleWith, timesOf, type Action, type OpenGce } from '../../../drivers/google/api.js';
import { googleOver } from '../../../drivers/google/driver.js';
import type * as Sdk from '../../../drivers/google/sdk.js';
import type { Driver, FlagValues } from '../../../src/driver/contract.js';
import type { CallTimes } from '../../../src/driver/kit/cloud/call/attempts.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { firstPrincipal, firstProject, type GceStandIn, type Principal } from '../../stand-ins/gce/index.js';
import { writeCredential } from '../../stand-ins/gce/front/credentials.js';

/** Makes one call of Google's, or does something else in its place. */
export type Around = <T>(call: string, carryOut: () => Promise<T>) => Promise<T>;

/** A clock that goes on when somebody pauses, and never waits. */
export function countedPace(): Pace & { readonly paused: () => number } {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    pause: (milliseconds, signal) => {
      signal.throwIfAborted();
      ahead += milliseconds;
      return Promise.resolve();
    },
    paused: () => ahead,
  };
}

const bundle = join(import.meta.dirname, '../../../dist/drivers/google/sdk.js');

/** The SDK as users have it: the file that the build makes. */
export async function loadBundle(): Promise<typeof Sdk> {
  if (!existsSync(bundle)) throw new Error(`${bundle} is not there: npm run build`);
  return (await import(pathToFileURL(bundle).href)) as typeof Sdk;
}

/** Google through the bundle. @param times default: as in the program */
export function openBundle(times: (action: Action) => CallTimes = timesOf): OpenGce {
  return openGoogleWith(times, loadBundle);
}

/** The driver over the stand-in, each of its calls through `around`. */
export function driverOn(around: Around = (_call, carryOut) => carryOut(), pace: Pace = countedPace()): Driver {
  const open: OpenGce = (place, ctx) => {
    const gce = openBundle()(place, ctx);
    return {
      place,
      call: (action, input) => around(action, () => gce.call(action, input)),
      recall: (action, input) => around(action, () => gce.recall(action, input)),
    };
  };
  return googleOver({ open, pace });
}

/** Flags of a machine that reaches the stand-in and looks for no address of this computer. */
export function flagsFor(cloud: GceStandIn): FlagValues {
  return {
    'google-project': firstProject,
    'google-endpoint': cloud.url,
    'google-allowed-cidr': ['192.0.2.0/24'],
    'google-retries': 2,
  };
}

let credentials: string | undefined;

/** What every command takes: who calls (workload identity, whose services are the stand-in's), and which project is meant. */
export function secretsOf(cloud: GceStandIn, principal: Principal = firstPrincipal): FlagValues {
  return { ...credentialOf(cloud, principal), 'google-project': firstProject, 'google-endpoint': cloud.url };
}

/** What of it is secret. */
export function credentialOf(cloud: GceStandIn, principal: Principal = firstPrincipal): FlagValues {
  const dir = (credentials ??= mkdtempSync(join(tmpdir(), 'google-credentials-')));
  const file = writeCredential(join(dir, principal.email), {
    kind: 'external',
    url: cloud.url,
    email: principal.email,
    project: firstProject,
  });
  return { 'google-auth-encoded-json': readFileSync(file, 'utf8') };
}

/** Removes what `secretsOf` wrote. */
export async function forgetSecrets(): Promise<void> {
  if (credentials !== undefined) await rm(credentials, { recursive: true, force: true });
  credentials = undefined;
}

export async function emptyFolder(): Promise<{ readonly dir: string; readonly close: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'google-'));
  return { dir, close: () => rm(dir, { recursive: true, force: true }) };
}

export const textIn = (file: string): Promise<string> => readFile(file, 'utf8');
