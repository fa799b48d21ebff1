import { TsmachineError } from '../base/errors.js';
import type { Io } from '../base/io.js';
import type { RemoteShell } from '../base/shell.js';
import { run, say } from '../base/text.js';
import { describeContainers } from './plan/containers.js';
import { checkDisk } from './apply/disk.js';
import type { HostFacts } from './look/facts.js';
import { distributionOf, supportedSystems } from './families/table.js';
import { allowing, checkedVersion, lockTimeout, type InstallPlan } from './plan/install.js';
import { installTimeout } from './apply/install.js';
import { packageFailure, packageStatuses, reportLine } from './apply/package-script.js';
import { Report } from './look/report.js';

export interface UpgradeRequest {
  readonly machine: string;
  readonly io: Io;
  /** As in InstallRequest; absent: the newest available. */
  readonly version?: string;
  /** As in InstallRequest. */
  readonly allowRemovals?: boolean;
}

export interface Upgraded {
  /** `docker.io 20.10.24 -> 26.1.5` for each package that was upgraded. */
  readonly changed: readonly string[];
  /** The old engine is still running. */
  readonly restart: boolean;
}

/**
 * Upgrades the packages of the installed engine to the newest version, or to the one requested.
 * @throws TsmachineError ENGINE_MISSING; ENGINE_INSTALL where the engine is part of the system or did not come from a package; OS_UNKNOWN,
 * PACKAGE_LOCK, HOST_DISK_FULL, FLAG_INVALID
 */
export async function upgradeEngine(shell: RemoteShell, facts: HostFacts, request: UpgradeRequest): Promise<Upgraded> {
  const { machine, io, version } = request;
  const plan = planUpgrade(facts, request);
  checkDisk(facts, machine, true);
  io.info('Upgrading docker...');
  announce(facts, io);
  const result = await shell.rootScript(plan.template, plan.variables, {
    timeout: installTimeout,
    ok: packageStatuses,
    onLine: (line) => {
      reportLine(line, io);
    },
  });
  if (result.exitCode !== 0) throw packageFailure(result, plan.variables, { machine, version, doing: 'Upgrading' });
  const report = new Report(result.stdout);
  return { changed: report.lines('changed').map((line) => line.trim()), restart: report.has('restart') };
}

/**
 * What `upgradeEngine` would upgrade, as the host's package manager tells after it refreshed its lists: `docker.io 26.1.5 -> 26.1.9` for
 * each package. Changes nothing else. @throws as upgradeEngine
 */
export async function newerEngine(shell: RemoteShell, facts: HostFacts, request: UpgradeRequest): Promise<string[]> {
  const { machine, io, version } = request;
  const plan = planUpgrade(facts, request, true);
  const result = await shell.rootScript(plan.template, plan.variables, {
    timeout: installTimeout,
    ok: packageStatuses,
    onLine: (line) => {
      reportLine(line, io);
    },
  });
  if (result.exitCode !== 0) throw packageFailure(result, plan.variables, { machine, version, doing: 'Upgrading' });
  return new Report(result.stdout).lines('newer').map((line) => line.trim());
}

/**
 * The script, with its variables, that upgrades an engine. Pure. @throws as upgradeEngine
 * @param check only report what is newer
 */
export function planUpgrade(facts: HostFacts, { version, machine, ...install }: Omit<UpgradeRequest, 'io'>, check = false): InstallPlan {
  const distribution = distributionOf(facts.family);
  const name = facts.os.prettyName || facts.os.id || 'an unknown system';
  if (!facts.engine || facts.engine.incomplete) {
    throw new TsmachineError('ENGINE_MISSING', `${machine} (${name}) has no complete Docker engine to upgrade`, {
      hint: say`Install it first: ${run('provision', machine)}`,
    });
  }
  if (distribution.systemUpgrade) {
    throw new TsmachineError(
      'ENGINE_INSTALL',
      `The engine of ${machine} is part of its system (${name}) and is upgraded together with it`,
      {
        hint: say`On the host (${run('ssh', machine)}): ${distribution.systemUpgrade(facts.os)}`,
      },
    );
  }
  if (!distribution.packages) {
    throw new TsmachineError('OS_UNKNOWN', `${machine} runs ${name}, whose package manager tsmachine does not know`, {
      hint: `Supported: ${supportedSystems()}. On other systems, upgrade the engine with the system's own tools`,
    });
  }
  return {
    template: distribution.packages.upgrade,
    variables: {
      OPTIONAL: distribution.packages.distro(facts.os)?.optional?.join(' ') ?? '',
      VERSION: checkedVersion(version),
      LOCK_TIMEOUT: String(lockTimeout),
      ALLOW: allowing(install),
      CHECK: check ? 'yes' : '',
    },
  };
}

/** Warns before the upgrade, because a package may restart the engine by itself. */
function announce({ engine }: HostFacts, io: Io): void {
  if (!engine?.running || engine.runningContainers === 0) return;
  const { text, keep } = describeContainers(engine);
  io.warn(
    engine.liveRestore
      ? `The engine restarts if it is upgraded; ${text} ${keep} running (live-restore)`
      : `The engine restarts if it is upgraded, which stops ${text}; those with a restart policy start again by themselves`,
  );
}
