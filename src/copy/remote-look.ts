import type { Found } from './end.js';

/** What inspect-path.sh told about a path. */
export interface RemoteLook extends Found {
  readonly hasTar: boolean;
  /** `uid:gid` to be kept when root replaces somebody else's file. */
  readonly owner: string | undefined;
}

/** Reads what inspect-path.sh prints. */
export function parseLook(output: string): RemoteLook {
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
