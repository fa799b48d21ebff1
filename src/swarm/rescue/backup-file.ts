import type { ArchiveFile } from '../../transfer/archive/archive.js';
import { isJson } from '../../store/conform.js';
import { isMember, type MemberRecord } from '../../store/swarms.js';
import { run, say } from '../../base/text.js';
import { TsmachineError } from '../../base/errors.js';
import { jsonOrNothing } from '../../base/json.js';

const stateEntry = 'swarm.tar.gz';

/** The description in a backup of a swarm. It never contains unlock keys: a locked state stays locked. */
export interface BackupManifest {
  readonly version: 1;
  readonly kind: 'swarm-backup';
  readonly writtenBy: string;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly swarm: string;
  readonly cluster: string;
  /** The machine that it was taken from; below its node id, address and engine. */
  readonly machine: string;
  readonly node: string;
  readonly address: string;
  readonly engineVersion: string;
  readonly autolock: boolean;
  /** The members as the store had them, for a store that does not have the swarm. */
  readonly members: Readonly<Record<string, MemberRecord>>;
}

export function backupEntries(manifest: BackupManifest, state: Buffer, manifestName: string): ArchiveFile[] {
  return [
    { path: manifestName, content: Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`) },
    { path: stateEntry, content: state },
  ];
}

/** @throws TsmachineError ARCHIVE_INVALID for what is not a backup of a swarm */
export function readBackup(files: readonly ArchiveFile[], name: string): { manifest: BackupManifest; state: Buffer } {
  const [first] = files;
  const state = files.find(({ path }) => path === stateEntry)?.content;
  const manifest = first && parse(first.content.toString('utf8'));
  if (manifest && state) return { manifest, state };
  throw new TsmachineError('ARCHIVE_INVALID', `${name} is not a backup of a swarm`, {
    hint: say`${run('swarm', 'backup')} writes backups. An export of machines is for ${run('import')}`,
  });
}

function parse(text: string): BackupManifest | undefined {
  const value = jsonOrNothing(text);
  if (!isJson(value) || value['kind'] !== 'swarm-backup' || value['version'] !== 1) return undefined;
  const texts = ['writtenBy', 'takenAt', 'swarm', 'cluster', 'machine', 'node', 'address', 'engineVersion'];
  if (texts.some((key) => typeof value[key] !== 'string') || typeof value['autolock'] !== 'boolean' || !isJson(value['members']))
    return undefined;
  if (!Object.values(value['members']).every(isMember)) return undefined;
  return value as unknown as BackupManifest;
}
