import type { GuestMount } from '../../../src/guest/user-data.js';
import { TsmachineError } from '../../../src/base/errors.js';
import type { Files } from '../../../src/driver/contract.js';
import type { VirtualboxConfig } from '../config.js';

export interface Share {
  readonly name: string;
  readonly path: string;
}

const homes: Readonly<Record<string, Share>> = {
  darwin: { name: 'Users', path: '/Users' },
  win32: { name: 'c/Users', path: '\\\\?\\c:\\Users' },
};

/** The folder that the guest mounts: the one that was asked for, else the home directories, as in Docker Machine; undefined if it is missing. */
export async function shareOf(config: VirtualboxConfig, platform: string, files: Pick<Files, 'exists'>): Promise<Share | undefined> {
  if (config.noShare) return undefined;
  const share = config.shareFolder === '' ? (homes[platform] ?? { name: 'hosthome', path: '/home' }) : parseShare(config.shareFolder);
  return (await files.exists(share.path)) ? share : undefined;
}

/** How a guest that boots a cloud image mounts it, where boot2docker does: at its name, owned by the login. */
export function mountOf({ name }: Share): GuestMount {
  return { source: name, path: `/${name}`, type: 'vboxsf', options: ['uid=1000', 'gid=100'] };
}

/** @throws TsmachineError DRIVER_PRECHECK when the folder that was asked for is not there */
export async function checkShare({ noShare, shareFolder }: VirtualboxConfig, files: Pick<Files, 'exists'>): Promise<void> {
  if (noShare || shareFolder === '') return;
  const { path } = parseShare(shareFolder);
  if (await files.exists(path)) return;
  throw new TsmachineError('DRIVER_PRECHECK', `There is no folder ${path} to share`, { hint: 'Check --virtualbox-share-folder, DIR:NAME' });
}

/** `DIR:NAME`, cut at the last colon; without a name the folder is its own. The colon of a Windows drive does not count. */
function parseShare(text: string): Share {
  const at = text.lastIndexOf(':');
  const isDrive = at === 1 && /^[a-z]:[\\/]/i.test(text);
  const path = at < 0 || isDrive ? text : text.slice(0, at);
  const name = at < 0 || isDrive ? '' : text.slice(at + 1);
  return { path, name: name || path.replace(/^[\\/]+/, '') };
}
