import { TsmachineError } from '../core/errors.js';
import type { ExecResult, RemoteShell } from '../driver/contract.js';
import { diskFull, saysDiskFull } from './disk.js';
import type { HostFacts } from './facts.js';
import { planInstall } from './install-plan.js';
import { Report } from './report.js';
import type { ProvisionRequest } from './request.js';

/** Milliseconds an installation may take: package managers on slow hosts and links. */
const installTimeout = 1_200_000;

/** Exit statuses of the installing scripts. */
const held = 20;
const noSuchVersion = 21;
const failed = 22;
const unreachable = 23;

/**
 * Puts an engine on a host that has none; leaves it to be started later, with its settings in place.
 * @throws TsmachineError PACKAGE_LOCK, HOST_DISK_FULL, ENGINE_INSTALL and what `planInstall` throws
 */
export async function installEngine(shell: RemoteShell, facts: HostFacts, request: ProvisionRequest): Promise<void> {
  const { io, machine, install } = request;
  const plan = planInstall(facts, install, machine);
  io.info('Installing Docker...');
  const result = await shell.rootScript(plan.template, plan.variables, {
    timeout: installTimeout,
    ok: [0, held, noSuchVersion, failed, unreachable],
    onLine: (line) => { follow(line, request); },
  });
  if (result.exitCode !== 0) throw failure(result, plan.variables, request);
}

function follow(line: string, { io }: ProvisionRequest): void {
  const [, kind, text = ''] = /^(progress|note)\|(.*)$/.exec(line) ?? [];
  if (kind === 'progress') io.progress(text);
  else if (kind === 'note') io.info(text);
  else io.debug(line);
}

function failure(result: ExecResult, variables: Readonly<Record<string, string>>, { machine, install }: ProvisionRequest): TsmachineError {
  const output = `${result.stdout}\n${result.stderr}`;
  const report = new Report(result.stdout);
  if (saysDiskFull(output)) return diskFull(machine, lastLines(output, 3));
  if (result.exitCode === held) {
    const holder = report.first('failure');
    const seconds = variables['LOCK_TIMEOUT'] ?? '?';
    const by = holder === '' ? '' : ` (${holder})`;
    return new TsmachineError('PACKAGE_LOCK', `Another package manager kept its lock on ${machine} for ${seconds} s${by}`, {
      hint: `See what it does: tsmachine ssh ${machine} ps -ef. Then run the command again`,
    });
  }
  if (result.exitCode === noSuchVersion) {
    const available = report.lines('available').slice(0, 10).join('\n  ');
    return new TsmachineError('ENGINE_INSTALL', `${machine} can install no engine of version ${install.version ?? ''}`, {
      hint: available === '' ? 'The host knows no packages of an engine at all' : `Available there:\n  ${available}`,
    });
  }
  if (result.exitCode === unreachable) {
    const source = variables['REPOSITORY'] || variables['URL'] || 'The repository';
    return new TsmachineError('ENGINE_INSTALL', `${source} does not answer ${machine}${detail(report)}`, {
      hint: 'Check the network and the proxy settings of the host, or take the distribution\'s engine with --engine-install distro',
    });
  }
  return new TsmachineError('ENGINE_INSTALL', `Installing Docker on ${machine} failed${detail(report) || `:\n${lastLines(output, 8)}`}`, {
    hint: networkHint(output) ?? `Try it by hand: tsmachine ssh ${machine}`,
  });
}

function detail(report: Report): string {
  const reasons = report.lines('failure').filter((line) => line !== '');
  return reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
}

const networkTroubles = [
  /Temporary failure resolving/, /Could not resolve/, /Cannot initiate the connection/, /Failed to connect/i, /Connection timed out/,
  /Could not retrieve mirrorlist/, /temporary error \(try again later\)/,
];

function networkHint(output: string): string | undefined {
  return networkTroubles.some((trouble) => trouble.test(output))
    ? 'The host cannot reach its package mirror: check its network, DNS and proxy settings'
    : undefined;
}

function lastLines(output: string, count: number): string {
  const said = output.split('\n').map((line) => line.trimEnd());
  return said.filter((line) => line !== '' && !/^(progress|note|available|failure)\|/.test(line)).slice(-count).join('\n');
}
