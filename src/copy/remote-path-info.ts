import type { PathInfo } from './end.js';

/** What inspect-path.sh printed about a path. */
export interface RemotePathInfo extends PathInfo {
  readonly hasTar: boolean;
  /** `uid:gid` to keep when root replaces another user's file. */
  readonly owner: string | undefined;
}

/** Reads what inspect-path.sh prints. */
export function parsePathInfo(output: string): RemotePathInfo {
  const mark = output.indexOf('path|');
  const facts = new Map(
    output
      .slice(0, mark)
      .split('\n')
      .map((line) => {
        const bar = line.indexOf('|');
        return [line.slice(0, bar), line.slice(bar + 1)];
      }),
  );
  const [size = '', mode = '', mtime = '', owner = ''] = (facts.get('stat') ?? '').split(' ');
  const kind = facts.get('kind') ?? 'none';
  return {
    path: output.slice(mark + 'path|'.length),
    kind: kind === 'file' || kind === 'folder' || kind === 'other' ? kind : 'none',
    parent: facts.has('parent'),
    size: Number(size) || 0,
    mode: mode === '' ? (kind === 'folder' ? 0o755 : 0o644) : Number.parseInt(mode, 8) & 0o777,
    mtime: Number(mtime) || Math.floor(Date.now() / 1000),
    hasTar: facts.has('tar'),
    owner: kind === 'file' && facts.get('user') === '0' && /^\d+:\d+$/.test(owner) && owner !== '0:0' ? owner : undefined,
  };
}
