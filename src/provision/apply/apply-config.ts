import type { RemoteShell } from '../../base/shell.js';
import type { ConfigPlan } from '../plan/config.js';
import { applyFailure, applyStatuses } from './apply-failure.js';
import { Report } from '../look/report.js';
import { ownerMark } from '../plan/takeover.js';
import type { ProvisionRequest, ServerCertificate } from '../request.js';

export interface Applied {
  readonly restarted: boolean;
  /** The version that the running engine reports; empty when it has no local socket to ask. */
  readonly engineVersion: string;
  readonly changed: readonly string[];
}

/** Seconds that an engine may take to start: it loads every container it has. */
const startTimeout = 120;

/**
 * Writes the changed files, restarts the engine if there were any, and waits until it answers on its own socket.
 * If it does not, the previous files are put back and the engine is started with them.
 * @throws TsmachineError ENGINE_CONFIG, ENGINE_START, HOST_DISK_FULL
 */
export async function applyConfig(
  shell: RemoteShell,
  plan: ConfigPlan,
  certificate: ServerCertificate,
  request: ProvisionRequest,
): Promise<Applied> {
  const mark = ownerMark(plan, request);
  const result = await shell.rootScript(
    'provision/apply.sh',
    { ...applyVariables(plan, certificate), OWNER: mark.text, OWNER_FILE: mark.path, RESTART: request.restart === true ? 'yes' : '' },
    {
      timeout: startTimeout * 3000,
      ok: applyStatuses,
    },
  );
  if (result.exitCode !== 0) throw applyFailure(result, request);
  const report = new Report(result.stdout);
  return { restarted: report.has('restarted'), engineVersion: report.first('engine'), changed: report.lines('changed') };
}

/** The variables of apply.sh; an empty text means that the file stays as it is. */
export function applyVariables(plan: ConfigPlan, certificate: ServerCertificate): Record<string, string> {
  return {
    INIT: plan.init,
    CA: certificate.ca,
    CERT: certificate.cert,
    KEY: certificate.key,
    CA_FILE: plan.certificates.ca,
    CERT_FILE: plan.certificates.cert,
    KEY_FILE: plan.certificates.key,
    SETTINGS: plan.settings?.text ?? '',
    SETTINGS_FILE: plan.settings?.path ?? '',
    OVERRIDE: plan.override?.text ?? '',
    OVERRIDE_FILE: plan.override?.path ?? '',
    VALIDATE: plan.settings ? plan.validator : '',
    SOCKET: plan.socket,
    START_TIMEOUT: String(startTimeout),
  };
}
