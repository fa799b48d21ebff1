import { TsmachineError } from '../../base/errors.js';
import type { ExecResult, RemoteShell } from '../../base/shell.js';
import { run, say } from '../../base/text.js';
import type { ConfigPlan } from '../plan/config.js';
import { diskFull, saysDiskFull } from './disk.js';
import { Report } from '../look/report.js';
import type { ProvisionRequest, ServerCertificate } from '../request.js';

export interface Applied {
  readonly restarted: boolean;
  /** The version that the running engine reports; empty when it has no local socket to ask. */
  readonly engineVersion: string;
  readonly changed: readonly string[];
}

/** Seconds that an engine may take to start: it loads every container it has. */
const startTimeout = 120;

const blamesSettings = /configur|directive|unknown flag|conflicting options|daemon\.json|invalid (argument|value)|specified both/i;
/** Journal lines that do not help to find the cause: informational messages of the engine and of systemd. */
const uninformative = /level=(info|debug)|^(docker\.service: |(Started|Stopping|Stopped|Failed to start) docker\.service)/;

/** Exit statuses of apply.sh. */
const refused = 30;
const notStarted = 31;
const full = 32;
const unwritable = 33;

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
  const result = await shell.rootScript(
    'provision/apply.sh',
    { ...applyVariables(plan, certificate), RESTART: request.restart === true ? 'yes' : '' },
    {
      timeout: startTimeout * 3000,
      ok: [0, refused, notStarted, full, unwritable],
    },
  );
  if (result.exitCode !== 0) throw failure(result, request);
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

function failure(result: ExecResult, { machine, restart }: ProvisionRequest): TsmachineError {
  const report = new Report(result.stdout);
  const log = relevantLines(report.lines('log'));
  const lines = log.length === 0 ? '' : `:\n  ${log.join('\n  ')}`;
  const after = report.has('running')
    ? 'The previous configuration was put back and the engine is running with it'
    : 'The previous files were put back';
  const file = report.first('unwritable');
  if (result.exitCode === full || saysDiskFull(result.stderr) || saysDiskFull(log.join('\n'))) {
    return diskFull(machine, `${file === '' ? 'the engine cannot write' : `${file} cannot be written`}. ${after}`);
  }
  if (result.exitCode === unwritable) {
    return new TsmachineError('ENGINE_CONFIG', `${file} on ${machine} cannot be written. Nothing was changed`, {
      hint: say`Is the file system read-only? ${run('ssh', machine, 'findmnt', '-T', file)}`,
    });
  }
  const settings = blamesSettings.test(log.join('\n'));
  // When the engine runs with the old settings but not with the new ones, the new settings are the cause.
  if (result.exitCode === refused || settings || report.has('running')) {
    return new TsmachineError('ENGINE_CONFIG', `The engine of ${machine} does not accept its new settings. ${after}${lines}`, {
      hint: 'Correct the --engine-* options (or the daemon.json of the host), then run the command again',
    });
  }
  const why = restart === true ? 'after its upgrade' : `with its new settings. ${after}`;
  return new TsmachineError('ENGINE_START', `The engine of ${machine} did not start ${why}${lines}`, {
    hint: say`For the full log: ${run('ssh', machine, 'sudo', 'journalctl', '-u', 'docker', '--no-pager', '-n', '100')}`,
  });
}

/** The last 15 warnings and errors that the engine logged since its last start. */
function relevantLines(log: readonly string[]): string[] {
  const start = log.findLastIndex((line) => line.startsWith('Starting '));
  const own = log.slice(start + 1).filter((line) => line.trim() !== '' && !uninformative.test(line));
  return own.slice(-15).map((line) => line.replace(/^time="[^"]*" /, ''));
}
