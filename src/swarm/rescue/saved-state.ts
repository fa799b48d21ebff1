import { TsmachineError } from '../../base/errors.js';
import { jsonOrNothing } from '../../base/json.js';
import { say } from '../../base/text.js';
import { isJson } from '../../store/conform.js';
import { parseNodeAddress } from '../model/node-address.js';

const settingsFile = 'docker-state.json';
const keyFile = 'certificates/swarm-node.key';

/** What a saved state of a swarm says of itself. */
export interface SavedState {
  /** Whether its keys are locked with the swarm's unlock key. */
  readonly autolock: boolean;
  /** The address of its manager; undefined when the state does not have it as an IP address. */
  readonly address?: string;
}

/**
 * Reads a saved state to its end and checks that an engine can go on with it: moby's docker-state.json, the node's key and certificate,
 * and the raft log (daemon/cluster/cluster.go, swarmkit manager/state/raft/storage).
 * @param state a tar.gz of the folder `swarm` of an engine
 * @param origin where it comes from, for errors
 * @throws TsmachineError ARCHIVE_INVALID
 */
export async function readSavedState(state: Buffer, origin: string, signal: AbortSignal): Promise<SavedState> {
  const { readTarGz } = await import('../../transfer/archive/tar-gz.js');
  let files;
  try {
    files = await readTarGz(state, [settingsFile, keyFile], signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw damaged(origin, TsmachineError.from(cause).message, cause);
  }
  const settings = jsonOrNothing(files.get(settingsFile)?.toString('utf8') ?? '');
  if (!isJson(settings)) throw damaged(origin, `it has no ${settingsFile} that can be read`);
  for (const needed of [keyFile, 'certificates/swarm-node.crt', 'certificates/swarm-root-ca.crt'])
    if (!files.has(needed)) throw damaged(origin, `it has no ${needed}`);
  if (![...files.keys()].some((path) => /^raft\/wal[^/]*\/[^/]+\.wal$/.test(path))) throw damaged(origin, 'it has no raft log');
  const { AdvertiseAddr } = settings;
  const advertised = typeof AdvertiseAddr === 'string' ? parseNodeAddress(AdvertiseAddr) : undefined;
  return {
    autolock: files.get(keyFile)?.includes('ENCRYPTED') === true,
    ...(advertised?.isIp === true ? { address: advertised.host } : {}),
  };
}

function damaged(origin: string, reason: string, cause?: unknown): TsmachineError {
  return new TsmachineError('ARCHIVE_INVALID', say`The swarm state from ${origin} is not complete: ${reason}`, {
    cause,
    hint: 'Nothing can be restored from it: make or use another backup',
  });
}
