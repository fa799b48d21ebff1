import { TsmachineError } from '../base/errors.js';
import type { EngineInstall } from '../base/machine.js';
import type { RemoteShell } from '../base/shell.js';
import { run, say } from '../base/text.js';
import { applyConfig } from './apply/apply-config.js';
import { needsRestart, planConfig, type ConfigPlan } from './plan/config.js';
import { detect } from './look/detect-host.js';
import { describeContainers } from './plan/containers.js';
import { checkDisk } from './apply/disk.js';
import { distributionOf } from './families/table.js';
import type { EngineFacts, HostFacts } from './look/facts.js';
import { setHostname } from './apply/set-hostname.js';
import { installEngine } from './apply/install.js';
import { isVersion } from './plan/engine-version.js';
import { refuseObstacles } from './plan/obstacles.js';
import { takeoverWarning } from './plan/takeover.js';
import { planInstall } from './plan/install.js';
import type { ProvisionRequest, ProvisionResult } from './request.js';
import { Report } from './look/report.js';

export type { ProvisionRequest, ProvisionResult } from './request.js';

/** Seconds that cloud-init may take on the first boot. */
const cloudInitTimeout = 600;

/**
 * Configures a host as requested: detect, apply, verify. What is right already is left alone. An installed engine keeps its version,
 * its images and its settings, and a configuration that it does not start with is rolled back.
 * @throws TsmachineError of the group "the host and its engine", and what `shell` throws
 */
export async function provision(shell: RemoteShell, facts: HostFacts, request: ProvisionRequest): Promise<ProvisionResult> {
  const { io, signal, machine } = request;
  signal.throwIfAborted();
  const provisioner = distributionOf(facts.family).provisioner(facts.os);
  io.info(`Provisioning with ${provisioner}...`);
  const current = await waitForCloudInit(shell, facts, request);
  refuseSnap(current, machine);
  refuseObstacles(current, request);
  const installing = current.engine === undefined || current.engine.incomplete;
  checkDisk(current, machine, installing);
  if (installing) planInstall(current, request.install, machine);
  else planConfig(current, current.engine, request); // wrong settings are reported before anything is changed
  const certificates = started(request.certificates);
  if (request.setHostname) await setHostname(shell, current, machine);
  const { host, engine } = await withEngine(shell, current, request);
  signal.throwIfAborted();
  const plan = planConfig(host, engine, request);
  const certificate = await certificates;
  const takeover = takeoverWarning(host, plan, certificate, request);
  if (takeover !== undefined) io.warn(takeover);
  announce(plan, request.restart !== true && needsRestart(plan, host, certificate), engine, request);
  signal.throwIfAborted();
  const applied = await applyConfig(shell, plan, certificate, request);
  const { restarted, changed } = applied;
  return { provisioner, engineVersion: applied.engineVersion || engine.version, restarted, changed, certificates: plan.certificates };
}

/**
 * Refuses a host whose engine is of another version than the one that was asked for when the machine was created.
 * @throws TsmachineError ENGINE_INSTALL
 */
export function refuseOtherVersion({ engine }: HostFacts, { version: wanted }: EngineInstall, machine: string): void {
  if (!wanted || !engine || engine.incomplete || isVersion(engine.version, wanted)) return;
  throw new TsmachineError(
    'ENGINE_INSTALL',
    `${machine} already has engine ${engine.version}, and version ${wanted} is not installed over it`,
    {
      hint: say`Leave out --engine-version to keep that engine, then change it: ${run('upgrade', '--engine-version', wanted, machine)}`,
    },
  );
}

/** Runs in parallel with everything else; a failure is reported where the result is awaited. */
function started<T>(work: () => Promise<T>): Promise<T> {
  const running = work();
  running.catch(() => undefined);
  return running;
}

async function waitForCloudInit(shell: RemoteShell, facts: HostFacts, { io, signal }: ProvisionRequest): Promise<HostFacts> {
  if (facts.cloudInit !== 'running') return facts;
  io.progress('Waiting for cloud-init to finish');
  const { stdout } = await shell.rootScript(
    'provision/wait-cloud-init.sh',
    { TIMEOUT: String(cloudInitTimeout) },
    {
      timeout: (cloudInitTimeout + 30) * 1000,
    },
  );
  if (new Report(stdout).first('state') === 'running') {
    io.warn(`cloud-init has not finished within ${cloudInitTimeout / 60} minutes; continuing anyway`);
  }
  return detect(shell, { signal });
}

function refuseSnap(facts: HostFacts, machine: string): void {
  if (!facts.snapDocker || facts.engine) return;
  throw new TsmachineError('ENGINE_CONFIG', `${machine} has Docker installed as a snap, whose listening addresses cannot be changed`, {
    hint: `Remove it with "snap remove docker" (this also deletes its images and containers), then run the command again`,
  });
}

async function withEngine(
  shell: RemoteShell,
  facts: HostFacts,
  request: ProvisionRequest,
): Promise<{ host: HostFacts; engine: EngineFacts }> {
  if (facts.engine && !facts.engine.incomplete) {
    const { version } = facts.engine;
    const { version: wanted } = request.install;
    if (wanted && !isVersion(version, wanted)) {
      request.io.warn(`Engine ${version} is already installed and stays: version ${wanted} is not installed over it`);
    }
    return { host: facts, engine: facts.engine };
  }
  await installEngine(shell, facts, request);
  const host = await detect(shell, { signal: request.signal });
  if (host.engine) return { host, engine: host.engine };
  throw new TsmachineError('ENGINE_INSTALL', `Docker was installed on ${request.machine}, but dockerd was not found`, {
    hint: say`To look for it: ${run('ssh', request.machine, 'type', 'dockerd')}`,
  });
}

function announce(plan: ConfigPlan, restart: boolean, engine: EngineFacts, { io }: ProvisionRequest): void {
  io.info('Copying certs to the remote machine...');
  io.info('Setting Docker configuration on the remote daemon...');
  for (const warning of plan.warnings) io.warn(warning);
  if (!restart || !engine.running || engine.runningContainers === 0) return;
  const { text, keep } = describeContainers(engine);
  io.warn(
    engine.liveRestore
      ? `The engine restarts now; ${text} ${keep} running (live-restore)`
      : `The engine restarts now, which stops ${text}; those with a restart policy start again by themselves`,
  );
}
