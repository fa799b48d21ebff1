import { join, sep } from 'node:path';

import type { AccountContext, DriverContext, Leftover } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { blocks } from '../program/blocks.js';
import { dropUnfinished } from './unfinished.js';

/** Only one at a time may put disks on top of a base or remove them. */
export const mediaLock = 'virtualbox-media';

/** For people. */
export const diskKind = 'VirtualBox disk';

/** A disk or an ISO on VirtualBox's list. */
export interface Medium {
  readonly kind: 'disk' | 'dvd';
  readonly id: string;
  /** The disk that it is based on; empty for a whole one. */
  readonly parent: string;
  readonly location: string;
}

/** Everything on VirtualBox's list of media. */
export async function readMedia(vbox: VBoxManage): Promise<Medium[]> {
  const lists = await Promise.all(
    (['disk', 'dvd'] as const).map(async (kind) =>
      blocks(await vbox.run(['list', kind === 'disk' ? 'hdds' : 'dvds'])).map((block): Medium => {
        const parent = block.get('Parent UUID') ?? 'base';
        return { kind, id: block.get('UUID') ?? '', parent: parent === 'base' ? '' : parent, location: block.get('Location') ?? '' };
      }),
    ),
  );
  return lists.flat().filter(({ id, location }) => id !== '' && location !== '');
}

export function isMediumBelow(dir: string): (medium: Medium) => boolean {
  return ({ location }) => location.startsWith(join(dir, sep));
}

/**
 * Removes the disks below a removed machine's folder, those of its snapshots first, and takes the base from VirtualBox's list when no disk
 * is based on it any more; its file stays in the cache. `VBoxManage unregistervm --delete` would delete that too, with the last machine.
 * @param base of a machine whose disk is not made yet; empty: none
 * @returns what could not be removed
 */
export async function removeDisks(
  machineDir: string,
  base: string,
  ctx: Pick<DriverContext, 'cacheDir' | 'files' | 'lock'>,
  vbox: VBoxManage,
): Promise<Leftover[]> {
  return ctx.lock(mediaLock, async () => {
    const left = await closeBelow(machineDir, ctx.files, vbox);
    if (base !== '' && (await ctx.files.exists(base))) await vbox.attempt(['closemedium', 'disk', base]);
    await dropUnfinished(ctx, vbox);
    return left;
  });
}

/** The caller holds the lock of the media. @returns what could not be removed */
export async function closeBelow(machineDir: string, files: AccountContext['files'], vbox: VBoxManage): Promise<Leftover[]> {
  const problems = new Map<string, string>();
  const parents = new Set<string>();
  for (let before = Number.POSITIVE_INFINITY; ;) {
    const all = await readMedia(vbox);
    const media = all.filter(isMediumBelow(machineDir));
    if (media.length === 0 || media.length >= before) {
      await closeUnused(all, parents, vbox);
      return media.map(({ id, location }) => ({
        kind: diskKind,
        id,
        name: location,
        path: machineDir,
        ...(problems.has(id) ? { why: problems.get(id) ?? '' } : {}),
      }));
    }
    before = media.length;
    for (const { kind, id, parent, location } of media) {
      if (parent !== '') parents.add(parent);
      const withFile = kind === 'disk' && (await files.exists(location));
      const { problem } = await vbox.attempt(['closemedium', kind, id, ...(withFile ? ['--delete'] : [])]);
      if (problem !== undefined) problems.set(id, problem);
    }
  }
}

/** The bases of the closed disks, if no other disk uses them: they leave VirtualBox's list, their files stay. */
async function closeUnused(all: readonly Medium[], ids: ReadonlySet<string>, vbox: VBoxManage): Promise<void> {
  for (const { kind, id } of all)
    if (ids.has(id) && !all.some(({ parent }) => parent === id)) await vbox.attempt(['closemedium', kind, id]);
}
