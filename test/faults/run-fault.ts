import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { tsmachine } from '../helpers/cli.js';
import { scratch } from '../helpers/scratch.js';
import type { Place, Scenario } from './scenarios.js';
import { contentOf, treeOf } from './store-tree.js';
import { logIn, recorded, withFault, type ErrorCode, type FileCall } from './strace.js';

/** Longer than any of these commands takes: a call that failed must not become a wait. */
const patience = 60;

/** A command's file calls, and what the store looks like when none of them failed. */
export interface Course {
  readonly place: Place;
  readonly calls: readonly FileCall[];
  readonly tree: readonly string[];
}

export async function courseOf(scenario: Scenario): Promise<Course> {
  const place = await prepared(scenario, scratch());
  const { result, calls } = await recorded(scenario.command(place), place.options, logIn(place.folder), [place.store]);
  expect(result.code, result.stderr).to.equal(0);
  expect(calls, 'file calls').to.not.be.empty;
  return { place, calls, tree: await treeOf(place.store) };
}

/**
 * Lets one call of the command fail. Then nothing that was there is lost, the command says once what is wrong, and a repetition ends as if
 * nothing had happened.
 * @returns whether the command came to that call
 */
export async function runFault(scenario: Scenario, course: Course, call: FileCall, error: ErrorCode): Promise<boolean> {
  const place = await prepared(scenario, course.place.folder);
  const kept = await keptIn(place);
  const { result, happened } = await withFault(scenario.command(place), place.options, logIn(place.folder), call, error);
  const { code, stderr, seconds } = result;

  expect(seconds, 'seconds').to.be.lessThan(patience);
  expect(code, `status; it said:\n${stderr}`).to.be.oneOf([0, 1, 3]);
  if (code !== 0) expect(complaints(stderr), stderr).to.have.lengthOf(1);
  if (error === 'EINTR' && call.kind !== 'rename') expect(code, stderr).to.equal(0);
  expect(stderr, 'no stack trace').to.not.match(/^\s+at /m);
  expect(await keptIn(place), 'what the command had nothing to do with').to.deep.equal(kept);
  expect((await tsmachine(['ls'], place.options)).code, 'ls').to.equal(0);

  if (code === 0) expect(await scenario.done(place), 'success was said').to.equal(true);
  const isDone = await scenario.done(place);
  const again = await tsmachine(scenario.command(place), place.options);
  if (!isDone) expect(again.code, `the same command again:\n${again.stderr}`).to.equal(0);
  expect(await treeOf(place.store), 'files at the end').to.deep.equal(course.tree);
  return happened;
}

async function prepared(scenario: Scenario, folder: string): Promise<Place> {
  await rm(folder, { recursive: true, force: true });
  const store = join(folder, 'store');
  const place: Place = { folder, store, options: { store, env: { TSMACHINE_STATE_DIR: join(folder, 'state') } } };
  await mkdir(folder, { recursive: true });
  await scenario.prepare(place);
  return place;
}

/** What the bystander and the authority consist of. */
async function keptIn({ store }: Place): Promise<unknown> {
  const machines = await contentOf(join(store, 'machines', 'kept')).catch(() => undefined);
  return machines === undefined ? undefined : { machines, certs: await contentOf(join(store, 'certs')) };
}

/** Lines that tell of a failure. */
function complaints(stderr: string): string[] {
  return stderr.split('\n').filter((line) => /^(?:Error|Warning)?.*(?:disk is full|permission denied|I\/O error|interrupted)/i.test(line));
}
