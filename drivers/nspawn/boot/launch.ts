import type { Cgroups, Facts, Program } from '../api.js';
import { partNames } from '../identity.js';

export interface LaunchRequest {
  readonly id: string;
  readonly hostName: string;
  readonly rootDir: string;
  /** A real directory that becomes /var/lib/docker: overlay2 does not stack on overlayfs. */
  readonly engineDir: string;
  readonly consoleLog: string;
  /** The machine's systemd knows cgroup v2 alone. */
  readonly unified: boolean;
  /** MB; 0: no limit. */
  readonly memory: number;
  /** 0: no limit. */
  readonly cpus: number;
  /** The script that keeps a machine running without systemd. */
  readonly keeper: string;
}

export interface LaunchPlan {
  readonly program: Program;
  readonly args: readonly string[];
  /** Started as a process of its own; false: systemd is asked and answers at once. */
  readonly detached: boolean;
  /** The control group whose processes are the machine's. */
  readonly track: string;
  /** Groups to make before the start. */
  readonly groups: readonly string[];
  /** Files below those groups to write before the start. */
  readonly limits: readonly { readonly file: string; readonly value: string }[];
}

type TrackFacts = Pick<Facts, 'systemd'> & { readonly cgroups: Cgroups };
type LaunchFacts = TrackFacts & Pick<Facts, 'programs'>;

const period = 100_000;

/** Decides how a machine is started on this computer: by its systemd or by our keeper script, under cgroup v1 or v2. Pure. */
export function launchPlan(request: LaunchRequest, facts: LaunchFacts): LaunchPlan {
  return facts.systemd ? unitPlan(request, facts) : keeperPlan(request, facts);
}

/** The control group whose processes are the machine's; without any the machine is off. */
export function trackOf(id: string, { systemd, cgroups }: TrackFacts): string {
  const { machine } = partNames(id);
  return systemd ? `${cgroups.track}/machine.slice/${machine}.service` : `${cgroups.track}/${machine}`;
}

/** Every control group that may exist for a machine, its tracking one first. */
export function groupsOf(id: string, facts: TrackFacts): string[] {
  if (facts.systemd) return [trackOf(id, facts)];
  const { machine } = partNames(id);
  return [trackOf(id, facts), ...facts.cgroups.hierarchies.map(({ mount }) => `${mount}/${machine}`)];
}

function unitPlan(request: LaunchRequest, facts: LaunchFacts): LaunchPlan {
  const { machine } = partNames(request.id);
  const properties = [
    'Delegate=yes',
    'KillMode=mixed',
    'TasksMax=infinity',
    'TimeoutStopSec=60',
    'SuccessExitStatus=133',
    'RestartForceExitStatus=133',
    ...(request.memory > 0 ? [`MemoryMax=${request.memory}M`] : []),
    ...(request.cpus > 0 ? [`CPUQuota=${request.cpus * 100}%`] : []),
    `StandardOutput=append:${request.consoleLog}`,
    `StandardError=append:${request.consoleLog}`,
  ];
  return {
    program: 'systemd-run',
    args: [
      '--quiet',
      '--collect',
      '--no-ask-password',
      `--unit=${machine}.service`,
      '--slice=machine.slice',
      '--service-type=exec',
      `--description=tsmachine ${request.hostName}`,
      ...properties.flatMap((property) => ['-p', property]),
      '--',
      ...nspawnCommand(request, facts),
    ],
    detached: false,
    track: trackOf(request.id, facts),
    groups: [],
    limits: [],
  };
}

function keeperPlan(request: LaunchRequest, facts: LaunchFacts): LaunchPlan {
  const { cgroups } = facts;
  const [track = '', ...others] = groupsOf(request.id, facts);
  return {
    program: 'sh',
    args: [request.keeper, track, ...others, '--', ...nspawnCommand(request, facts)],
    detached: true,
    track,
    groups: [track, `${track}/keeper`, ...others],
    limits: cgroups.version === 2 ? limitsV2(request, track, cgroups) : limitsV1(request, cgroups),
  };
}

function limitsV1({ id, memory, cpus }: LaunchRequest, { hierarchies }: Cgroups): LaunchPlan['limits'] {
  const { machine } = partNames(id);
  return hierarchies.flatMap(({ mount, names, cpuset }) => {
    const group = `${mount}/${machine}`;
    return [
      // A new cpuset group is empty and takes no process until it is given CPUs and memory nodes.
      ...(cpuset
        ? [
            { file: `${group}/cpuset.cpus`, value: cpuset.cpus },
            { file: `${group}/cpuset.mems`, value: cpuset.mems },
          ]
        : []),
      ...(names.includes('memory') && memory > 0 ? [{ file: `${group}/memory.limit_in_bytes`, value: `${memory * 2 ** 20}` }] : []),
      ...(names.includes('cpu') && cpus > 0
        ? [
            { file: `${group}/cpu.cfs_period_us`, value: `${period}` },
            { file: `${group}/cpu.cfs_quota_us`, value: `${cpus * period}` },
          ]
        : []),
    ];
  });
}

function limitsV2({ memory, cpus }: LaunchRequest, track: string, { track: root, controllers }: Cgroups): LaunchPlan['limits'] {
  const all = controllers.map((name) => `+${name}`).join(' ');
  return [
    ...(all === ''
      ? []
      : [
          { file: `${root}/cgroup.subtree_control`, value: all },
          { file: `${track}/cgroup.subtree_control`, value: all },
        ]),
    ...(memory > 0 ? [{ file: `${track}/memory.max`, value: `${memory * 2 ** 20}` }] : []),
    ...(cpus > 0 ? [{ file: `${track}/cpu.max`, value: `${cpus * period} ${period}` }] : []),
  ];
}

function nspawnCommand(request: LaunchRequest, { cgroups, programs }: LaunchFacts): string[] {
  const { machine, namespace } = partNames(request.id);
  return [
    // Where the computer is v1, such a machine gets a v2 hierarchy of its own, without controllers.
    ...(request.unified && cgroups.version === 1 ? ['env', 'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1'] : []),
    programs['systemd-nspawn'] ?? 'systemd-nspawn',
    '--directory',
    request.rootDir,
    '--boot',
    '--quiet',
    '--register=no',
    '--keep-unit',
    '--settings=no',
    '--link-journal=no',
    `--machine=${machine}`,
    `--hostname=${request.hostName}`,
    `--network-namespace-path=/run/netns/${namespace}`,
    '--capability=all',
    '--system-call-filter=add_key keyctl bpf @keyring',
    `--bind=${escapeBind(request.engineDir)}:/var/lib/docker`,
    '--bind-ro=/dev/kmsg',
    '--resolv-conf=off',
    '--timezone=off',
    '--console=pipe',
  ];
}

/** systemd-nspawn(1), --bind: colons in paths are escaped. */
function escapeBind(path: string): string {
  return path.replace(/[\\:]/g, '\\$&');
}
