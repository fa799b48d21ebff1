import { mkdtemp, rmdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import { quote } from '../base/quote.js';
import { diskError } from '../system/files/disk-error.js';
import { systemCode } from '../base/errors.js';
import type { Session } from '../machine/session.js';
import type { Findings } from '../base/findings.js';

const megabyte = 1024 * 1024;
/** Below this a configuration may not fit any more. */
const tooLittle = 20 * megabyte;
/** Below this an image or an export may not. */
const little = 500 * megabyte;

/** Whether the store can be written, how full its disk is, and who else can read it. */
export async function checkStore(session: Session, found: Findings): Promise<void> {
  const { root } = session.store;
  const there = await found.attempt('store', async () => {
    if ((await modeOf(root)) === undefined) {
      found.ok('store', `There is no store at ${root} yet; the first create makes it`);
      return false;
    }
    await tryToWrite(root);
    found.ok('store', `${root} can be written`);
    return true;
  });
  if (there === false) return;
  await found.attempt('disk-space', () => checkSpace(root, found));
  await found.attempt('modes', () => checkModes(session, found));
}

async function tryToWrite(root: string): Promise<void> {
  try {
    await rmdir(await mkdtemp(join(root, '.doctor-')));
  } catch (error) {
    throw diskError(error, 'Cannot write', root);
  }
}

async function checkSpace(root: string, found: Findings): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const message = `${Math.floor(free / megabyte)} MB are free for the store`;
  found.add(free < tooLittle ? 'fault' : free < little ? 'warning' : 'ok', 'disk-space', message, `df -h ${quote(root)}`);
}

/** Keys that others can read are faults, open folders around them warnings. Windows has no such modes. */
async function checkModes(session: Session, found: Findings): Promise<void> {
  if (process.platform === 'win32') return;
  const { paths } = session.store;
  const machines = (await session.store.names()).map((name) => session.store.machine(name));
  const keys = [
    paths.caKey,
    paths.key,
    ...machines.flatMap((one) => [one.key, one.caKey, one.serverKey, one.sshKey, one.userSshKey, `${one.dir}/id_rsa`]),
  ];
  const others = [paths.root, paths.certsDir, paths.machinesDir, ...machines.flatMap((one) => [one.dir, one.config])];
  const [openKeys, openOthers] = await Promise.all([openOnes(keys), openOnes(others)]);
  if (openKeys.length > 0)
    found.fault('modes', `Private keys can be read by others: ${openKeys.join(', ')}`, `chmod 600 ${quote(...openKeys)}`);
  if (openOthers.length > 0)
    found.warning('modes', `Others may look into the store: ${openOthers.join(', ')}`, `chmod go-rwx ${quote(...openOthers)}`);
  if (openKeys.length + openOthers.length === 0) found.ok('modes', 'Nobody else can read the store');
}

async function openOnes(paths: readonly string[]): Promise<string[]> {
  const modes = await Promise.all(paths.map(async (path) => ({ path, mode: (await modeOf(path)) ?? 0 })));
  return modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ path }) => path);
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw diskError(error, 'Cannot look at', path);
  }
}
