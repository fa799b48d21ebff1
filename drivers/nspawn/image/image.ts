import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { TsmachineError, errorText, whyUnusable } from '../../../src/base/errors.js';
import { say } from '../../../src/base/text.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Computer } from '../api.js';
import { chooseMirror, type MirrorChoice } from './apt-sources.js';
import type { NspawnConfig } from '../config.js';
import { templatesDir } from '../templates.js';

/** Twenty minutes: a slow mirror may need them. */
const buildTimeout = 20 * 60_000;
/** Files that say what an image is made of; a change of any of them makes a new image. */
const recipe = [
  'build.sh',
  'prepare.sh',
  'unpack.sh',
  'tree.sh',
  'masked-units',
  'sshd.conf',
  'journald.conf',
  'writable.service',
  'writable.sh',
  'dpkg.cfg',
  'apt.conf',
];

export interface ImagePlan {
  /** Name in the cache. */
  readonly name: string;
  readonly choice: MirrorChoice;
}

/** The folder of a cached image. */
export function imageDir(cacheDir: string, name: string): string {
  return join(cacheDir, 'nspawn', name);
}

/** Names the image a configuration asks for: the same ingredients, the same name. */
export async function planImage(config: NspawnConfig, computer: Computer): Promise<ImagePlan> {
  const { architecture } = await computer.facts();
  const own = config.rootfs !== '';
  const choice = own ? { mirror: undefined, sources: '' } : await mirrorFor(config, computer);
  const ingredients = own ? [await fileDigest(config.rootfs)] : [choice.mirror ?? '', choice.sources, config.engine];
  const digest = createHash('sha256')
    .update(JSON.stringify([architecture, ...ingredients, await recipeDigest()]))
    .digest('hex')
    .slice(0, 12);
  return { name: `${own ? 'rootfs' : config.suite}-${digest}`, choice };
}

async function mirrorFor(config: NspawnConfig, computer: Computer): Promise<MirrorChoice> {
  const [osRelease, files] = await Promise.all([computer.read('/etc/os-release'), computer.aptSources()]);
  return chooseMirror(config.suite, config.mirror, { osRelease: osRelease ?? '', files });
}

/**
 * Builds the image unless the cache has it. Built under another name and renamed when whole, so a cached image is never a torn one.
 * @throws TsmachineError DRIVER_FAILED, STORE_FULL
 */
export async function ensureImage(config: NspawnConfig, plan: ImagePlan, ctx: DriverContext, computer: Computer): Promise<void> {
  const target = imageDir(ctx.cacheDir, plan.name);
  if (existsSync(target)) return;
  await ctx.lock(`nspawn-image-${plan.name}`, async () => {
    if (existsSync(target)) return;
    const parent = join(ctx.cacheDir, 'nspawn');
    await mkdir(parent, { recursive: true, mode: 0o700 });
    await clearUnfinished(parent, plan.name, computer);
    const building = join(parent, `${unfinished}${plan.name}-${process.pid}`);
    ctx.io.info(
      config.rootfs === '' ? `Building the ${config.suite} image (once, about a minute)...` : `Unpacking ${config.rootfs} (once)...`,
    );
    try {
      await build(config, plan, building, ctx, computer);
    } catch (error) {
      await discard(building, computer);
      throw error;
    }
    await rename(building, target);
  });
}

const unfinished = '.building-';

/** Removes what dead builds left: those of the image whose lock we hold, and those of processes that are no more. */
async function clearUnfinished(parent: string, name: string, computer: Computer): Promise<void> {
  for (const entry of await readdir(parent)) {
    const pid = entry.startsWith(unfinished) ? /-(\d+)$/.exec(entry)?.[1] : undefined;
    if (pid === undefined) continue;
    if (entry === `${unfinished}${name}-${pid}` || !existsSync(`/proc/${pid}`)) await discard(join(parent, entry), computer);
  }
}

/** The mounts of a build went with its namespace, so only files are there. */
async function discard(dir: string, computer: Computer): Promise<void> {
  await computer.run('rm', ['-rf', '--one-file-system', '--', dir], { timeout: 300_000 });
}

/** How build.sh marks a line that people should see. */
const notice = 'N: tsmachine: ';

/** Everything runs in a mount and process namespace that dies with this process. */
const contained = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private', 'sh'];

async function build(config: NspawnConfig, plan: ImagePlan, target: string, ctx: DriverContext, computer: Computer): Promise<void> {
  const { mirror, sources } = plan.choice;
  const script =
    config.rootfs === ''
      ? [join(templatesDir(), 'build.sh'), target, config.suite, config.engine, ...(mirror === undefined ? [] : [mirror])]
      : [join(templatesDir(), 'unpack.sh'), target, config.rootfs];
  const tail: string[] = [];
  const onLine = (line: string) => {
    tail.push(line);
    if (tail.length > 15) tail.shift();
    ctx.io.debug(line);
    if (line.startsWith(notice)) ctx.io.warn(line.slice(notice.length));
    if (/^(I: |Unpacking |Setting up )/.test(line)) ctx.io.progress(`Image: ${line.replace(/^I: /, '')}`, true);
  };
  try {
    await computer.run('setpriv', [...contained, ...script], { input: sources, timeout: buildTimeout, onLine });
  } catch (error) {
    ctx.signal.throwIfAborted();
    throw buildFailure(config, mirror, tail, error);
  }
}

function buildFailure(config: NspawnConfig, mirror: string | undefined, tail: readonly string[], cause: unknown): TsmachineError {
  const output = tail.join('\n');
  const detail =
    tail
      .filter((line) => /^(E:|W:|tar:|cp:|dpkg:)/.test(line))
      .slice(-3)
      .join('; ') ||
    tail.slice(-3).join('; ') ||
    errorText(cause);
  if (/no space left on device/i.test(`${output}${errorText(cause)}`)) {
    return new TsmachineError('STORE_FULL', say`The disk filled up while the image was built: ${detail}`, {
      cause,
      hint: 'An image needs about 1.5 GB while it is built; --storage-path puts the store on another disk',
    });
  }
  if (config.rootfs !== '') {
    return new TsmachineError('DRIVER_FAILED', say`The root file system ${config.rootfs} cannot be used: ${detail}`, {
      cause,
      hint: '--nspawn-rootfs needs a tarball of a Linux system with systemd and sshd',
    });
  }
  const from = mirror ?? 'the mirror debootstrap chooses';
  if (/no such script|unknown suite/i.test(output)) {
    return new TsmachineError('DRIVER_FAILED', say`This computer's debootstrap does not know the release ${config.suite}: ${detail}`, {
      cause,
      hint: 'Choose another with --nspawn-suite, or install a newer debootstrap',
    });
  }
  return new TsmachineError('DRIVER_FAILED', say`Building the ${config.suite} image from ${from} failed: ${detail}`, {
    cause,
    hint: 'Is the mirror reachable, and does it have this release? Choose others with --nspawn-mirror or --nspawn-suite',
  });
}

async function recipeDigest(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of recipe) hash.update(await readFile(join(templatesDir(), file)));
  return hash.digest('hex');
}

/** @throws TsmachineError DRIVER_PRECHECK when the tarball cannot be read */
async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw new TsmachineError('DRIVER_PRECHECK', `The root file system ${path} cannot be read: ${whyUnusable(error)}`, {
      cause: error,
      hint: 'Give --nspawn-rootfs the path of a tarball',
    });
  }
  return hash.digest('hex');
}
