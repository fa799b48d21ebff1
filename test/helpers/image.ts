import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { pack } from 'tar-fs';

import { engineTarget } from '../../src/machine/engine/engine.js';
import { openEngine, type Engine } from '../../src/docker/client.js';
import { importImage } from '../../src/docker/containers.js';
import { openStore } from '../../src/store/store.js';

export const labImage = 'lab/busybox:1';

/** The engine of a machine in a store, as a client with the store's certificates sees it. */
export async function engineOf(storePath: string, name: string, url: string): Promise<Engine> {
  const { config } = await openStore(storePath).load(name);
  return openEngine(await engineTarget(config, url));
}

/** Gives an engine an image to run: no registry is needed, the computer's own static busybox is enough. */
export async function loadLabImage(engine: Engine): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'tsmachine-image-'));
  try {
    await mkdir(join(dir, 'bin'));
    await copyFile('/bin/busybox', join(dir, 'bin', 'busybox'));
    for (const name of ['sh', 'echo', 'sleep', 'cat']) await symlink('busybox', join(dir, 'bin', name));
    await importImage(engine, Readable.from(pack(dir)), labImage);
  } finally {
    await rm(dir, { recursive: true });
  }
}
