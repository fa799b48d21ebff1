import { existsSync } from 'node:fs';

import type { VirtualboxConfig } from './config.js';

export interface Share {
  readonly name: string;
  readonly path: string;
}

const homes: Readonly<Record<string, Share>> = {
  darwin: { name: 'Users', path: '/Users' },
  win32: { name: 'c/Users', path: '\\\\?\\c:\\Users' },
};

/**
 * The folder that the guest may mount: the one that was asked for; else the homes, as ever, for boot2docker, which mounts it by itself.
 * One that is not there is not shared.
 */
export function shareOf(config: VirtualboxConfig, platform: string, exists: (path: string) => boolean = existsSync): Share | undefined {
  if (config.noShare) return undefined;
  const share = config.shareFolder === '' ? homeShare(config, platform) : parseShare(config.shareFolder);
  return share && exists(share.path) ? share : undefined;
}

function homeShare({ image }: VirtualboxConfig, platform: string): Share | undefined {
  return image === '' ? homes[platform] ?? { name: 'hosthome', path: '/home' } : undefined;
}

/** `DIR:NAME`, cut at the last colon; without a name the folder is its own. A drive's colon is none to cut at. */
function parseShare(text: string): Share {
  const at = text.lastIndexOf(':');
  const isDrive = at === 1 && /^[a-z]:[\\/]/i.test(text);
  const path = at < 0 || isDrive ? text : text.slice(0, at);
  const name = at < 0 || isDrive ? '' : text.slice(at + 1);
  return { path, name: name || path.replace(/^[\\/]+/, '') };
}
