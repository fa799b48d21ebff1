import { freeCommandLine } from './command-line.js';
import { strings } from './engine-flags.js';
import type { EngineFacts } from '../../look/facts.js';
import { mergeSettings, type Settings } from './merge.js';
import { ownPart } from './record.js';
import type { ProvisionRequest } from '../../request.js';
import { standardCertificates } from '../start.js';
import { listenAddress, wantedSettings } from './wanted.js';
import type { Word } from './words.js';

export const standardSocket = '/var/run/docker.sock';

export interface DaemonPlan {
  /** The whole daemon.json. */
  readonly settings: Settings;
  /** The part of it that we set. */
  readonly record: Settings;
  /** The words after `dockerd`. */
  readonly words: readonly string[];
  /** False when the command line may stay as it is. */
  readonly freed: boolean;
  readonly socket: string;
}

export interface CommandLine {
  /** The words after `dockerd`, without our own changes. */
  readonly args: readonly Word[];
  /** What references such as `$DOCKER_OPTS` stand for. */
  readonly variables: ReadonlyMap<string, string>;
  /** Quotes a literal word for the file that holds the command line. */
  readonly quote: (text: string) => string;
}

/**
 * Decides what goes into daemon.json and what stays on the command line, for an engine that reads both.
 * @param previous what we set in daemon.json last time
 */
export function planDaemon(
  engine: EngineFacts,
  request: ProvisionRequest,
  present: Settings,
  previous: Settings,
  line: CommandLine,
): DaemonPlan {
  const wanted = wantedSettings(request, standardCertificates, engine.version);
  const foreign = mergeSettings(present, previous, {});
  const keys = new Set(['hosts', ...Object.keys(foreign), ...Object.keys(wanted.settings)]);
  const { words, moved } = freeCommandLine(line.args, keys, line.variables, line.quote);
  const hosts = listeners([...strings(moved['hosts']), ...strings(foreign['hosts'])], strings(wanted.settings['hosts']), request);
  const ours = { ...mergeSettings(moved, {}, wanted.settings), hosts };
  const settings = mergeSettings(present, previous, ours);
  return {
    settings,
    record: ownPart(ours, foreign),
    words: [...words, ...wanted.flags.map(line.quote)],
    freed: Object.keys(moved).length > 0 || wanted.flags.length > 0,
    socket: socketOf(strings(settings['hosts'])),
  };
}

/** An engine without a configured address listens on the standard socket, and must continue to do so. */
function listeners(theirs: readonly string[], asked: readonly string[], request: ProvisionRequest): string[] {
  const own = listenAddress(request);
  const samePort = (host: string) => host.startsWith('tcp://') && host.endsWith(`:${request.port}`);
  const before = theirs.length > 0 ? theirs : [`unix://${standardSocket}`];
  return [...new Set([...before.filter((host) => !samePort(host)), ...asked, own])];
}

function socketOf(hosts: readonly string[]): string {
  const unix = hosts.find((host) => host.startsWith('unix://'));
  if (unix !== undefined) return unix.slice('unix://'.length);
  return hosts.some((host) => host.startsWith('fd://')) ? standardSocket : '';
}
