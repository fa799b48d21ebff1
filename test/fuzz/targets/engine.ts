import { parseEngineVersion } from '../../../src/docker/version.js';
import { inspectCluster, readCluster } from '../../../src/swarm/engine/cluster.js';
import { membershipOf } from '../../../src/swarm/engine/membership.js';
import { isSeen, listNodes, sameLabels } from '../../../src/swarm/engine/nodes.js';
import { rootRotationState } from '../../../src/swarm/engine/root-rotation.js';
import { isConverged, listServices } from '../../../src/swarm/engine/services.js';
import { listTasks, movingOf } from '../../../src/swarm/engine/tasks.js';
import type { Engine } from '../../../src/docker/client.js';
import { FakeEngine } from '../../helpers/fake-engine.js';
import { changedJson } from '../mutation.js';
import type { Target } from '../target.js';

const version = {
  Version: '28.5.2',
  ApiVersion: '1.51',
  MinAPIVersion: '1.24',
  Os: 'linux',
  Arch: 'amd64',
  Components: [{ Name: 'Engine' }],
};
const info = {
  ...{ Name: 'm1', ServerVersion: '28.5.2', ID: 'x', Containers: 3, Driver: 'overlay2' },
  Swarm: {
    ...{ NodeID: 'n1', NodeAddr: '192.0.2.7', LocalNodeState: 'active', ControlAvailable: true, Error: '' },
    ...{ RemoteManagers: [{ NodeID: 'n1', Addr: '192.0.2.7:2377' }], Cluster: { ID: 'c1' } },
  },
};
const cluster = {
  ...{
    ID: 'c1',
    CreatedAt: '2026-11-20T10:00:00Z',
    Version: { Index: 7 },
    DefaultAddrPool: ['10.0.0.0/8'],
    SubnetSize: 24,
    DataPathPort: 0,
  },
  ...{
    TLSInfo: { TrustRoot: '-----BEGIN CERTIFICATE-----' },
    RootRotationInProgress: false,
    JoinTokens: { Worker: 'SWMTKN-1-a', Manager: 'SWMTKN-1-b' },
  },
  Spec: {
    Name: 'default',
    Labels: {},
    Orchestration: { TaskHistoryRetentionLimit: 5 },
    CAConfig: { NodeCertExpiry: 1 },
    EncryptionConfig: { AutoLockManagers: false },
  },
};
const node = {
  ...{ ID: 'n1', Version: { Index: 7 }, Spec: { Name: '', Role: 'manager', Availability: 'active', Labels: { zone: 'a' } } },
  ...{
    Description: { Hostname: 'm1', Engine: { EngineVersion: '28.5.2' }, TLSInfo: { TrustRoot: 'x' } },
    Status: { State: 'ready', Message: 'x', Addr: '192.0.2.7' },
  },
  ManagerStatus: { Leader: true, Reachability: 'reachable', Addr: '192.0.2.7:2377' },
};
const service = {
  ID: 's1',
  Spec: { Name: 'web', Mode: { Replicated: { Replicas: 2 } } },
  ServiceStatus: { RunningTasks: 1, DesiredTasks: 2, CompletedTasks: 0 },
};
const task = { ID: 't1', ServiceID: 's1', Slot: 1, NodeID: 'n1', Status: { State: 'running', Err: '' }, DesiredState: 'running' };

const calls: readonly (readonly [sample: unknown, call: (engine: Engine) => Promise<unknown>])[] = [
  [version, async (engine) => parseEngineVersion(await engine.request('GET', '/version'), 'm1')],
  [info, membershipOf],
  [cluster, readCluster],
  [cluster, inspectCluster],
  [
    [node, { ...node, ManagerStatus: null }],
    async (engine) => (await listNodes(engine)).map((one) => [isSeen(one), sameLabels(one.labels, {})]),
  ],
  [cluster, rootRotationState],
  [[service, { ...service, ServiceStatus: undefined }], async (engine) => (await listServices(engine)).map(isConverged)],
  [[task, task], async (engine) => movingOf('n1', await listTasks(engine, {}), await listTasks(engine, {}), true)],
];

/** What an engine answers, in place of what it should. */
export const engine: Target = {
  name: 'engine',
  share: 10,
  open: () => ({
    make(chance) {
      const which = chance.below(calls.length);
      return String.fromCharCode(65 + which) + changedJson(calls[which]?.[0], chance);
    },
    async take(input) {
      const text = String(input);
      const [, call] = calls[text.charCodeAt(0) - 65] ?? [];
      let answer: unknown;
      try {
        answer = JSON.parse(text.slice(1));
      } catch {
        return; // refused by the code that reads answers
      }
      JSON.stringify(
        (await call?.(new FakeEngine('m1', ({ path }) => (path === '/nodes' && !Array.isArray(answer) ? [node] : answer)))) ?? null,
      );
    },
  }),
};
