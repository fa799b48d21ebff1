import { TsmachineError } from '../../base/errors.js';
import type { Io } from '../../base/io.js';
import type { ExecResult } from '../../base/shell.js';
import { run, say, type Text } from '../../base/text.js';
import { diskFull, saysDiskFull } from './disk.js';
import { Report } from '../look/report.js';

/** Exit statuses of the scripts that install and upgrade. */
const held = 20;
const noSuchVersion = 21;
const failed = 22;
const unreachable = 23;
const foreign = 24;
const takesAway = 25;

export const packageStatuses: readonly number[] = [0, held, noSuchVersion, failed, unreachable, foreign, takesAway];

/** Passes on one line of such a script's output. */
export function reportLine(line: string, io: Io): void {
  const [, kind, text = ''] = /^(progress|note)\|(.*)$/.exec(line) ?? [];
  if (kind === 'progress') io.progress(text);
  else if (kind === 'note') io.info(text);
  else io.debug(line);
}

export interface PackageWork {
  readonly machine: string;
  readonly version: string | undefined;
  readonly doing: 'Installing' | 'Upgrading';
}

/**
 * The error for a script that failed to install or upgrade packages.
 * @returns PACKAGE_LOCK, HOST_DISK_FULL, ENGINE_INSTALL
 */
export function packageFailure(
  result: ExecResult,
  variables: Readonly<Record<string, string>>,
  { machine, version, doing }: PackageWork,
): TsmachineError {
  const output = `${result.stdout}\n${result.stderr}`;
  const report = new Report(result.stdout);
  if (saysDiskFull(output)) return diskFull(machine, lastLines(output, 3));
  if (result.exitCode === held) {
    const holder = report.first('failure');
    const seconds = variables['LOCK_TIMEOUT'] ?? '?';
    const by = holder === '' ? '' : ` (${holder})`;
    return new TsmachineError('PACKAGE_LOCK', `Another package manager held its lock on ${machine} for ${seconds} s${by}`, {
      hint: say`To see what it is doing: ${run('ssh', machine, 'ps', '-ef')}\nThen run the command again`,
    });
  }
  if (result.exitCode === noSuchVersion) {
    const available = report.lines('available').slice(0, 10).join('\n  ');
    return new TsmachineError('ENGINE_INSTALL', `No engine of version ${version ?? ''} can be installed on ${machine}`, {
      hint: available === '' ? "The host's package manager has no engine packages at all" : `Available versions:\n  ${available}`,
    });
  }
  if (result.exitCode === unreachable) {
    const source = variables['REPOSITORY'] || variables['URL'] || 'The repository';
    return new TsmachineError('ENGINE_INSTALL', `${source} cannot be reached from ${machine}${detail(report)}`, {
      hint: "Check the network and the proxy settings of the host, or use the distribution's engine with --engine-install distro",
    });
  }
  if (result.exitCode === takesAway) {
    const changes = report.lines('would').join('\n  ');
    return new TsmachineError(
      'ENGINE_INSTALL',
      `${doing} Docker on ${machine} would change what is there. Nothing was changed:\n  ${changes}`,
      {
        hint: takesAwayHint(machine, doing, variables),
      },
    );
  }
  if (result.exitCode === foreign) {
    return new TsmachineError(
      'ENGINE_INSTALL',
      `The engine of ${machine} was not installed from a package, so it cannot be upgraded from one`,
      {
        hint: say`Upgrade it on the host, the way it was installed: ${run('ssh', machine)}`,
      },
    );
  }
  return new TsmachineError('ENGINE_INSTALL', `${doing} Docker on ${machine} failed${detail(report) || `:\n${lastLines(output, 8)}`}`, {
    hint: networkHint(output) ?? say`Try it by hand on the host: ${run('ssh', machine)}`,
  });
}

function takesAwayHint(machine: string, doing: PackageWork['doing'], variables: Readonly<Record<string, string>>): Text {
  if (doing === 'Upgrading') return say`If that may be, upgrade the engine on the host: ${run('ssh', machine)}`;
  const other =
    variables['MODE'] === 'distro' && variables['REPOSITORY'] !== '' ? ", or use Docker's packages: --engine-install docker" : '';
  return `If that may be, add --engine-allow-removals${other}. If something on the host needs it (Kubernetes), use another host`;
}

function detail(report: Report): string {
  const reasons = report.lines('failure').filter((line) => line !== '');
  return reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
}

const networkErrors = [
  /Temporary failure resolving/,
  /Could not resolve/,
  /Cannot initiate the connection/,
  /Failed to connect/i,
  /Connection timed out/,
  /Could not retrieve mirrorlist/,
  /temporary error \(try again later\)/,
];

function networkHint(output: string): string | undefined {
  return networkErrors.some((error) => error.test(output))
    ? 'The host cannot reach its package mirror: check its network, DNS and proxy settings'
    : undefined;
}

function lastLines(output: string, count: number): string {
  const said = output.split('\n').map((line) => line.trimEnd());
  return said
    .filter((line) => line !== '' && !/^(progress|note|available|failure|would)\|/.test(line))
    .slice(-count)
    .join('\n');
}
