import { readFile } from 'node:fs/promises';

import { TsmachineError, messageOf } from '../../base/errors.js';
import { say } from '../../base/text.js';
import type { Engine } from '../../docker/client.js';
import { ask, flag, id, list, number, object, record, text, type Shape } from '../../docker/shape.js';
import type { ExternalCa, SwarmSettings } from '../model/declaration.js';
import type { Role } from '../../base/swarm-node.js';

/** The swarm as `GET /swarm` shows it, without its tokens. */
export interface Cluster {
  readonly id: string;
  readonly version: number;
  readonly spec: ClusterSpec;
  readonly rotationInProgress: boolean;
  readonly defaultAddrPool: readonly string[];
  /** Prefix length of the networks cut from the pool. */
  readonly subnetSize: number;
  readonly dataPathPort: number;
  readonly createdAt: string;
  /** PEM of the root CA. */
  readonly trustRoot: string;
}

/** Parts of the API's SwarmSpec that tsmachine reads or sets; the others pass through a change untouched. Durations are nanoseconds. */
export interface ClusterSpec {
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Orchestration?: { readonly TaskHistoryRetentionLimit?: number };
  readonly Raft?: { readonly SnapshotInterval?: number; readonly KeepOldSnapshots?: number };
  readonly Dispatcher?: { readonly HeartbeatPeriod?: number };
  readonly CAConfig?: {
    readonly NodeCertExpiry?: number;
    readonly ExternalCAs?: readonly ExternalCaSpec[];
    readonly ForceRotate?: number;
  };
  readonly EncryptionConfig?: { readonly AutoLockManagers?: boolean };
}

interface ExternalCaSpec {
  readonly Protocol: string;
  readonly URL: string;
  readonly Options?: Readonly<Record<string, string>>;
  readonly CACert?: string;
}

interface ClusterObject {
  readonly ID: string;
  readonly CreatedAt?: string;
  readonly Version: { readonly Index: number };
  readonly Spec: ClusterSpec;
  readonly TLSInfo?: { readonly TrustRoot?: string };
  readonly RootRotationInProgress?: boolean;
  readonly DefaultAddrPool?: readonly string[];
  readonly SubnetSize?: number;
  readonly DataPathPort?: number;
  readonly JoinTokens?: { readonly Worker: string; readonly Manager: string };
}

const clusterSpec: Shape<ClusterSpec> = object(
  {},
  {
    Labels: record(text),
    Orchestration: object({}, { TaskHistoryRetentionLimit: number }),
    Raft: object({}, { SnapshotInterval: number, KeepOldSnapshots: number }),
    Dispatcher: object({}, { HeartbeatPeriod: number }),
    CAConfig: object(
      {},
      {
        NodeCertExpiry: number,
        ExternalCAs: list(object({ Protocol: text, URL: text }, { Options: record(text), CACert: text })),
        ForceRotate: number,
      },
    ),
    EncryptionConfig: object({}, { AutoLockManagers: flag }),
  },
);

const clusterObject: Shape<ClusterObject> = object(
  { ID: id, Version: object({ Index: number }, {}), Spec: clusterSpec },
  {
    CreatedAt: text,
    TLSInfo: object({}, { TrustRoot: text }),
    RootRotationInProgress: flag,
    DefaultAddrPool: list(text),
    SubnetSize: number,
    DataPathPort: number,
    JoinTokens: object({ Worker: text, Manager: text }, {}),
  },
);

/** @param manager the engine of a manager */
export async function readCluster(manager: Engine): Promise<Cluster> {
  const { ID, Version, Spec, ...facts } = await ask(manager, clusterObject, 'GET', '/swarm');
  return {
    id: ID,
    version: Version.Index,
    spec: Spec,
    rotationInProgress: facts.RootRotationInProgress === true,
    defaultAddrPool: facts.DefaultAddrPool ?? [],
    subnetSize: facts.SubnetSize ?? 0,
    dataPathPort: facts.DataPathPort === undefined || facts.DataPathPort === 0 ? 4789 : facts.DataPathPort,
    createdAt: facts.CreatedAt ?? '',
    trustRoot: facts.TLSInfo?.TrustRoot ?? '',
  };
}

/** What `GET /swarm` answers, without its secrets: join tokens, and keys of a CA where an engine shows them. */
export async function inspectCluster(manager: Engine): Promise<object> {
  const { JoinTokens: _, Spec, ...cluster } = await ask(manager, clusterObject, 'GET', '/swarm');
  const ca: Record<string, unknown> = { ...Spec.CAConfig };
  delete ca['SigningCAKey'];
  return { ...cluster, Spec: { ...Spec, ...(Spec.CAConfig ? { CAConfig: ca } : {}) } };
}

/** The secret with which an engine joins. It is read when it is needed and stored nowhere. */
export async function joinToken(manager: Engine, role: Role): Promise<string> {
  const { JoinTokens: tokens } = await ask(manager, clusterObject, 'GET', '/swarm');
  const token = role === 'manager' ? tokens?.Manager : tokens?.Worker;
  if (token !== undefined && token !== '') return token;
  throw new TsmachineError('ENGINE_API', `The engine of "${manager.target.machine}" gives no join token: it is not a manager`);
}

/** The key that unlocks managers after a restart; undefined for a swarm without autolock. */
export async function unlockKey(manager: Engine): Promise<string | undefined> {
  const { UnlockKey: key = '' } = await ask(manager, object({}, { UnlockKey: text }), 'GET', '/swarm/unlockkey');
  return key === '' ? undefined : key;
}

export interface Rotation {
  readonly rotateWorkerToken?: boolean;
  readonly rotateManagerToken?: boolean;
  readonly rotateManagerUnlockKey?: boolean;
}

/** Changes the swarm's settings, or makes new tokens and keys. */
export async function updateCluster(manager: Engine, change: (spec: ClusterSpec) => ClusterSpec, rotation: Rotation = {}): Promise<void> {
  const { version, spec } = await readCluster(manager);
  await manager.request('POST', '/swarm/update', { query: { version, ...rotation }, body: change(spec) });
}

/** A specification with these settings; those that are not given stay. @throws TsmachineError SWARM_FILE for an unreadable CA file */
export async function withSettings(spec: ClusterSpec, settings: SwarmSettings): Promise<ClusterSpec> {
  const { taskHistoryLimit, snapshotInterval, maxSnapshots, dispatcherHeartbeat, certExpiry, externalCas, autolock } = settings;
  return {
    ...spec,
    Orchestration: { ...spec.Orchestration, ...(taskHistoryLimit === undefined ? {} : { TaskHistoryRetentionLimit: taskHistoryLimit }) },
    Raft: {
      ...spec.Raft,
      ...(snapshotInterval === undefined ? {} : { SnapshotInterval: snapshotInterval }),
      ...(maxSnapshots === undefined ? {} : { KeepOldSnapshots: maxSnapshots }),
    },
    Dispatcher: { ...spec.Dispatcher, ...(dispatcherHeartbeat === undefined ? {} : { HeartbeatPeriod: dispatcherHeartbeat }) },
    CAConfig: {
      ...spec.CAConfig,
      ...(certExpiry === undefined ? {} : { NodeCertExpiry: certExpiry }),
      ...(externalCas === undefined ? {} : { ExternalCAs: await Promise.all(externalCas.map(toExternalCa)) }),
    },
    EncryptionConfig: { ...spec.EncryptionConfig, ...(autolock === undefined ? {} : { AutoLockManagers: autolock }) },
  };
}

async function toExternalCa({ url, caCertFile, options }: ExternalCa): Promise<ExternalCaSpec> {
  return { Protocol: 'cfssl', URL: url, Options: options, ...(caCertFile === undefined ? {} : { CACert: await readCa(caCertFile) }) };
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TsmachineError('SWARM_FILE', say`Cannot read the certificate of the external CA: ${messageOf(cause)}`, { cause });
  }
}
