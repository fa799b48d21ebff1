import { run, say } from '../../base/text.js';
import { isDeepStrictEqual } from 'node:util';

import type { ClusterSpec } from '../engine/cluster.js';
import type { SwarmDeclaration } from '../model/declaration.js';
import type { PlanProblem, SeenSwarm } from './seen.js';
import type { Step } from '../steps/steps.js';

const parts: readonly (readonly [what: string, of: (spec: ClusterSpec) => unknown])[] = [
  ['task history limit', (spec) => spec.Orchestration?.TaskHistoryRetentionLimit],
  ['snapshot interval', (spec) => spec.Raft?.SnapshotInterval],
  ['snapshots kept', (spec) => spec.Raft?.KeepOldSnapshots],
  ['dispatcher heartbeat', (spec) => spec.Dispatcher?.HeartbeatPeriod],
  ['certificate expiry', (spec) => spec.CAConfig?.NodeCertExpiry],
  ['external CAs', (spec) => spec.CAConfig?.ExternalCAs ?? []],
  ['autolock', (spec) => spec.EncryptionConfig?.AutoLockManagers === true],
];

/** The settings of a swarm that is there and that can be changed. */
export function settingsSteps({ settings }: SeenSwarm): Step[] {
  if (!settings) return [];
  const changed = parts.filter(([, of]) => !isDeepStrictEqual(of(settings.now.spec), of(settings.wanted))).map(([what]) => what);
  return changed.length === 0 ? [] : [{ kind: 'settings', changed }];
}

/** Settings that only a new swarm takes. */
export function immutableProblems({ settings }: SeenSwarm, { name, settings: wanted }: SwarmDeclaration): PlanProblem[] {
  if (!settings) return [];
  const { now } = settings;
  const rows: [what: string, is: string, declared: string | undefined][] = [
    ['address pool', now.defaultAddrPool.join(', '), wanted.defaultAddrPool?.join(', ')],
    ['mask length of the address pool', String(now.subnetSize), wanted.defaultAddrPoolMaskLength?.toString()],
    ['data path port', String(now.dataPathPort), wanted.dataPathPort?.toString()],
  ];
  return rows.flatMap(([what, is, declared]): PlanProblem[] =>
    declared === undefined || declared === is
      ? []
      : [
          {
            code: 'SWARM_IMMUTABLE',
            message: `The ${what} of swarm "${name}" is ${is} and cannot become ${declared}: it is fixed when a swarm is created`,
            hint: say`Declare ${is}; or create the swarm and its services again: ${run('swarm', 'down', name)}, then ${run('swarm', 'up')}`,
            blocks: true,
          },
        ],
  );
}
