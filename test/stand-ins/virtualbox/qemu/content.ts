import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { home } from '../state.js';

/** What is on a disk when VMs really boot; the file that VBoxManage was told to make only says which disk it is. Else nothing is kept. */
const isKept = process.env['VBOX_STAND_IN_PLAYER'] !== undefined;
const copyTimeout = 10 * 60_000;

/** A disk of its own may be renamed: its content is known by its UUID. */
const ofBase = (uuid: string) => join(home, 'content', `${uuid}.qcow2`);
/** What differs from another disk lies beside the disk's file, and goes with its folder. */
const ofLayer = (path: string) => `${path}.qcow2`;

export function contentOf(path: string, uuid: string): string {
  return existsSync(ofLayer(path)) ? ofLayer(path) : ofBase(uuid);
}

export function fill(uuid: string, from: string, ...format: string[]): void {
  if (isKept) mkdirSync(join(home, 'content'), { recursive: true });
  image('convert', ...format.flatMap((word) => ['-f', word]), '-O', 'qcow2', from, ofBase(uuid));
}

export function layer(path: string, parent: { readonly path: string; readonly uuid: string }): void {
  image('create', '-f', 'qcow2', '-b', contentOf(parent.path, parent.uuid), '-F', 'qcow2', ofLayer(path));
}

export function resize(path: string, uuid: string, megabytes: number): void {
  image('resize', contentOf(path, uuid), `${megabytes}M`);
}

export function drop(path: string, uuid: string): void {
  if (isKept) rmSync(contentOf(path, uuid), { force: true });
}

function image(...args: string[]): void {
  if (isKept) execFileSync('qemu-img', args, { timeout: copyTimeout, stdio: ['ignore', 'ignore', 'inherit'] });
}
