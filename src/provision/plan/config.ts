import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import { strings } from './settings/engine-flags.js';
import { isAtLeast } from './engine-version.js';
import type { EngineFacts, HostFacts } from '../look/facts.js';
import type { Settings } from './settings/merge.js';
import { planBoot2docker } from './init/boot2docker.js';
import { planOpenrc } from './init/openrc.js';
import { planSystemd } from './init/systemd.js';
import type { ProvisionRequest, ServerCertificate } from '../request.js';
import { parseSettings, renderSettings } from './settings/settings-file.js';
import type { PlannedFile, StartPlan } from './start.js';

/** The files of one configuration that the host does not have yet, and how to check them. */
export interface ConfigPlan {
  readonly init: StartPlan['init'];
  readonly certificates: StartPlan['certificates'];
  /** Undefined: daemon.json stays as it is. */
  readonly settings: PlannedFile | undefined;
  readonly override: PlannedFile | undefined;
  readonly socket: string;
  /** The dockerd that can check a settings file without starting; empty for engines before 23. */
  readonly validator: string;
  /** What the user should know before the plan is applied. */
  readonly warnings: readonly string[];
}

/**
 * Plans the engine's configuration on a host. Pure.
 * @throws TsmachineError ENGINE_CONFIG for a daemon.json or a unit that cannot be parsed, ENGINE_START for a host without a known init
 * system
 */
export function planConfig(facts: HostFacts, engine: EngineFacts, request: ProvisionRequest): ConfigPlan {
  const present = parseSettings(facts.config.text, facts.config.path, request.machine);
  const plan = planStart(facts, engine, request, present);
  const { settings } = plan;
  return {
    init: plan.init,
    certificates: plan.certificates,
    settings:
      settings === undefined || isDeepStrictEqual(settings, present)
        ? undefined
        : { path: facts.config.path, text: renderSettings(settings) },
    override: plan.presentOverride.trimEnd() === plan.override.text.trimEnd() ? undefined : plan.override,
    socket: plan.socket,
    validator: settings !== undefined && isAtLeast(engine.version, 23) ? engine.path : '',
    warnings: warnings(engine, present, settings ?? {}),
  };
}

function planStart(facts: HostFacts, engine: EngineFacts, request: ProvisionRequest, present: Settings): StartPlan {
  if (facts.family === 'boot2docker') return planBoot2docker(facts, request);
  if (facts.init === 'systemd') return planSystemd(facts, engine, request, present);
  if (facts.init === 'openrc') return planOpenrc(facts, engine, request, present);
  throw new TsmachineError('ENGINE_START', `${request.machine} runs neither systemd nor OpenRC, so its engine cannot be restarted`, {
    hint: say`Start the engine with TLS yourself and add it with: ${run('create', '-d', 'none', '--url', 'tcp://HOST:2376', 'NAME')}`,
  });
}

function warnings(engine: EngineFacts, present: Settings, settings: Settings): string[] {
  const found: string[] = [];
  const driver = settings['storage-driver'];
  if (typeof driver === 'string' && engine.storageDriver !== '' && driver !== engine.storageDriver) {
    found.push(
      `The storage driver changes from ${engine.storageDriver} to ${driver}: ` +
        'existing images and containers stay on disk, but the engine no longer sees them',
    );
  }
  const ca = present['tlscacert'];
  if (typeof ca === 'string' && ca !== settings['tlscacert']) {
    found.push(`The engine trusted clients with certificates of ${ca}; from now on it trusts those of this tsmachine store`);
  }
  const open = strings(present['hosts']).filter((host) => host.startsWith('tcp://'));
  if (open.length > 0 && present['tlsverify'] !== true) {
    found.push(`The engine accepted every client at ${open.join(', ')}; from now on clients need a certificate there`);
  }
  return found;
}

/** Whether applying the plan makes the engine restart (or start). */
export function needsRestart(plan: ConfigPlan, facts: HostFacts, certificate: ServerCertificate): boolean {
  if (!facts.engine?.running || plan.settings || plan.override) return true;
  const { ca, cert, key } = plan.certificates;
  return (
    [
      [ca, certificate.ca],
      [cert, certificate.cert],
      [key, certificate.key],
    ] as const
  ).some(([path, text]) => facts.config.sums[path] !== createHash('sha256').update(text).digest('hex'));
}
