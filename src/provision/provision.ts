import { TsmachineError } from '../base/errors.js';
import type { RemoteShell } from '../base/shell.js';
import { applyConfig } from './apply/apply.js';
import { needsRestart, planConfig, type ConfigPlan } from './plan/config.js';
import { detect } from './look/detect.js';
import { containers } from './plan/containers.js';
import { checkDisk } from './apply/disk.js';
import { distributionOf } from './families/table.js';
import type { EngineFacts, HostFacts } from './look/facts.js';
import { setHostname } from './apply/hostname.js';
import { installEngine } from './apply/install.js';
import { planInstall } from './plan/install.js';
import type { ProvisionRequest, ProvisionResult } from './request.js';
import { Report } from './look/report.js';

export type { ProvisionRequest, ProvisionResult } from './request.js';

/** Seconds a first boot's cloud-init may take. */
const cloudInitTimeout = 600;

/**
 * Brings a host to what the request says: look, apply, verify. Nothing that is right already is touched,
 * an engine that is there keeps its version, its images and its settings, and a configuration it does not start with is taken back.
 * @throws TsmachineError of the group "the host and its engine", and what `shell` throws
 */
export async function provision(shell: RemoteShell, facts: HostFacts, request: ProvisionRequest): Promise<ProvisionResult> {
  const { io, signal, machine } = request;
  signal.throwIfAborted();
  const provisioner = distributionOf(facts.family).provisioner(facts.os);
  io.info(`Provisioning with ${provisioner}...`);
  const settled = await afterCloudInit(shell, facts, request);
  refuseSnap(settled, machine);
  const installing = settled.engine === undefined || settled.engine.incomplete;
  checkDisk(settled, machine, installing);
  if (installing) planInstall(settled, request.install, machine);
  else planConfig(settled, settled.engine, request); // what is wrong with the settings shows before anything is touched
  const certificates = started(request.certificates);
  if (request.setHostname) await setHostname(shell, settled, machine);
  const { host, engine } = await withEngine(shell, settled, request);
  signal.throwIfAborted();
  const plan = planConfig(host, engine, request);
  const certificate = await certificates;
  announce(plan, request.restart !== true && needsRestart(plan, host, certificate), engine, request);
  signal.throwIfAborted();
  const applied = await applyConfig(shell, plan, certificate, request);
  const { restarted, changed } = applied;
  return { provisioner, engineVersion: applied.engineVersion || engine.version, restarted, changed, certificates: plan.certificates };
}

/** Runs beside everything else; a failure is met where the result is awaited. */
function started<T>(work: () => Promise<T>): Promise<T> {
  const running = work();
  running.catch(() => undefined);
  return running;
}

async function afterCloudInit(shell: RemoteShell, facts: HostFacts, { io, signal }: ProvisionRequest): Promise<HostFacts> {
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
    io.warn(`cloud-init has not finished within ${cloudInitTimeout / 60} minutes; going on without it`);
  }
  return detect(shell, { signal });
}

function refuseSnap(facts: HostFacts, machine: string): void {
  if (!facts.snapDocker || facts.engine) return;
  throw new TsmachineError('ENGINE_CONFIG', `${machine} has Docker as a snap, which cannot be given other listening addresses`, {
    hint: `Remove it with "snap remove docker" (its images and containers go with it), then run the command again`,
  });
}

async function withEngine(
  shell: RemoteShell,
  facts: HostFacts,
  request: ProvisionRequest,
): Promise<{ host: HostFacts; engine: EngineFacts }> {
  if (facts.engine && !facts.engine.incomplete) {
    const wanted = request.install.version?.replace(/^v/, '');
    if (wanted && !facts.engine.version.startsWith(wanted)) {
      request.io.warn(`Engine ${facts.engine.version} is on the host already and stays: version ${wanted} is not installed over it`);
    }
    return { host: facts, engine: facts.engine };
  }
  await installEngine(shell, facts, request);
  const host = await detect(shell, { signal: request.signal });
  if (host.engine) return { host, engine: host.engine };
  throw new TsmachineError('ENGINE_INSTALL', `Docker was installed on ${request.machine}, but there is no dockerd`, {
    hint: `Look for it: tsmachine ssh ${request.machine} type dockerd`,
  });
}

function announce(plan: ConfigPlan, restart: boolean, engine: EngineFacts, { io }: ProvisionRequest): void {
  io.info('Copying certs to the remote machine...');
  io.info('Setting Docker configuration on the remote daemon...');
  for (const warning of plan.warnings) io.warn(warning);
  if (!restart || !engine.running || engine.runningContainers === 0) return;
  const { text, keep } = containers(engine);
  io.warn(
    engine.liveRestore
      ? `The engine restarts now; ${text} ${keep} running (live-restore)`
      : `The engine restarts now, which stops ${text}; those with a restart policy come back by themselves`,
  );
}
