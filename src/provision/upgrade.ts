import { TsmachineError } from '../base/errors.js';
import type { Io } from '../base/io.js';
import type { RemoteShell } from '../base/shell.js';
import { containers } from './plan/containers.js';
import { checkDisk } from './apply/disk.js';
import type { HostFacts } from './look/facts.js';
import { distributionOf, supportedSystems } from './families/table.js';
import { checkedVersion, lockTimeout, type InstallPlan } from './plan/install.js';
import { installTimeout } from './apply/install.js';
import { follow, packageFailure, packageStatuses } from './apply/package-script.js';
import { Report } from './look/report.js';

export interface UpgradeRequest {
  readonly machine: string;
  readonly io: Io;
  /** As in InstallRequest; absent: the newest there is. */
  readonly version?: string;
}

export interface Upgraded {
  /** `docker.io 20.10.24 -> 26.1.5` for each package that is another one now. */
  readonly changed: readonly string[];
  /** The old engine is still running. */
  readonly restart: boolean;
}

/**
 * Brings the packages of the engine that is there to the newest version, or to the one wanted.
 * @throws TsmachineError ENGINE_MISSING, ENGINE_INSTALL where the engine is part of the system or no package's, OS_UNKNOWN,
 * PACKAGE_LOCK, HOST_DISK_FULL, FLAG_INVALID
 */
export async function upgradeEngine(shell: RemoteShell, facts: HostFacts, { machine, io, version }: UpgradeRequest): Promise<Upgraded> {
  const plan = planUpgrade(facts, version, machine);
  checkDisk(facts, machine, true);
  io.info('Upgrading docker...');
  announce(facts, io);
  const result = await shell.rootScript(plan.template, plan.variables, {
    timeout: installTimeout,
    ok: packageStatuses,
    onLine: (line) => {
      follow(line, io);
    },
  });
  if (result.exitCode !== 0) throw packageFailure(result, plan.variables, { machine, version, doing: 'Upgrading' });
  const report = new Report(result.stdout);
  return { changed: report.lines('changed').map((line) => line.trim()), restart: report.has('restart') };
}

/**
 * What `upgradeEngine` would bring, asked of the host's package manager, which reads its lists for it: `docker.io 26.1.5 -> 26.1.9` for each
 * package. Changes nothing. @throws as upgradeEngine
 */
export async function newerEngine(shell: RemoteShell, facts: HostFacts, { machine, io, version }: UpgradeRequest): Promise<string[]> {
  const plan = planUpgrade(facts, version, machine, true);
  const result = await shell.rootScript(plan.template, plan.variables, {
    timeout: installTimeout,
    ok: packageStatuses,
    onLine: (line) => {
      follow(line, io);
    },
  });
  if (result.exitCode !== 0) throw packageFailure(result, plan.variables, { machine, version, doing: 'Upgrading' });
  return new Report(result.stdout).lines('newer').map((line) => line.trim());
}

/**
 * The script and its variables that upgrade an engine. Pure. @throws as upgradeEngine
 * @param check only tell what is newer
 */
export function planUpgrade(facts: HostFacts, version: string | undefined, machine: string, check = false): InstallPlan {
  const distribution = distributionOf(facts.family);
  const name = facts.os.prettyName || facts.os.id || 'an unknown system';
  if (!facts.engine || facts.engine.incomplete) {
    throw new TsmachineError('ENGINE_MISSING', `${machine} (${name}) has no complete Docker engine to upgrade`, {
      hint: `Install it first: tsmachine provision ${machine}`,
    });
  }
  if (distribution.systemUpgrade) {
    throw new TsmachineError('ENGINE_INSTALL', `The engine of ${machine} is part of its system, ${name}, and is upgraded with it`, {
      hint: `On the host (tsmachine ssh ${machine}): ${distribution.systemUpgrade(facts.os)}`,
    });
  }
  if (!distribution.packages) {
    throw new TsmachineError('OS_UNKNOWN', `${machine} runs ${name}, whose packages tsmachine does not know`, {
      hint: `Known: ${supportedSystems()}. Elsewhere upgrade the engine with the system's own tools`,
    });
  }
  return {
    template: distribution.packages.upgrade,
    variables: {
      OPTIONAL: distribution.packages.distro(facts.os)?.optional?.join(' ') ?? '',
      VERSION: checkedVersion(version),
      LOCK_TIMEOUT: String(lockTimeout),
      CHECK: check ? 'yes' : '',
    },
  };
}

/** Before anything happens: a package may restart the engine by itself. */
function announce({ engine }: HostFacts, io: Io): void {
  if (!engine?.running || engine.runningContainers === 0) return;
  const { text, keep } = containers(engine);
  io.warn(
    engine.liveRestore
      ? `The engine restarts if it is upgraded; ${text} ${keep} running (live-restore)`
      : `The engine restarts if it is upgraded, which stops ${text}; those with a restart policy come back by themselves`,
  );
}
