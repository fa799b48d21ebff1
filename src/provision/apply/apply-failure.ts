import { TsmachineError } from '../../base/errors.js';
import type { ExecResult } from '../../base/shell.js';
import { lines, run, say, type Text } from '../../base/text.js';
import { Report } from '../look/report.js';
import { portTaken, unitsMasked } from '../plan/obstacles.js';
import type { ProvisionRequest } from '../request.js';
import { diskFull, saysDiskFull } from './disk.js';

/** Exit statuses of apply.sh. */
const refused = 30;
const notStarted = 31;
const full = 32;
const unwritable = 33;

export const applyStatuses: readonly number[] = [0, refused, notStarted, full, unwritable];

const blamesSettings = /configur|directive|unknown flag|conflicting options|daemon\.json|invalid (argument|value)|specified both/i;

const said = [
  'Main process exited',
  'Failed with result',
  'Scheduled restart job',
  'Consumed',
  'Deactivated',
  'Succeeded',
  'Unit process',
  'Control process exited',
  'Killing process',
].join('|');
/** Journal lines that do not help to find the cause: informational messages of the engine, and what systemd says of every failure. */
const uninformative = [
  /level=(info|debug)/,
  new RegExp(`^docker\\.(service|socket): (${said})`),
  /^(Started|Starting|Stopping|Stopped|Failed to start|Listening on|Closed|Dependency failed for) (docker\.|Docker )/,
  /^Job for docker\.service|^See "systemctl|^A dependency job for docker\.service failed/,
];

/**
 * The error for settings that could not be applied. The cause is what the failing program said: systemd, the engine, or the shell that
 * could not write.
 * @returns ENGINE_CONFIG, ENGINE_START, HOST_DISK_FULL
 */
export function applyFailure(result: ExecResult, request: ProvisionRequest): TsmachineError {
  const { machine } = request;
  const report = new Report(result.stdout);
  const log = [...relevantLines(report.lines('log')), ...informative(report.lines('restart'))];
  const words = [...log, result.stderr].join('\n');
  const after = report.has('running')
    ? 'The previous configuration was put back and the engine is running with it'
    : 'The previous files were put back';
  const file = report.first('unwritable');
  if (result.exitCode === full || saysDiskFull(`${words}\n${report.text('why')}`)) {
    return diskFull(machine, `${file === '' ? 'the engine cannot write' : `${file} cannot be written`}. ${after}`);
  }
  if (result.exitCode === unwritable) return fileUnwritable(machine, file, report.text('why'));
  const masked = [...new Set([...words.matchAll(/Unit (\S+) is masked/g)].map(([, unit = '']) => unit))];
  if (masked.length > 0) return unitsMasked(machine, masked);
  if (new RegExp(`:${request.port}: .*address already in use`).test(words)) return portTaken(request);
  const quoted = log.length === 0 ? '' : `:\n  ${log.join('\n  ')}`;
  if (result.exitCode === refused || blamesSettings.test(words)) {
    return new TsmachineError('ENGINE_CONFIG', `The engine of ${machine} does not accept its new settings. ${after}${quoted}`, {
      hint: 'Correct the --engine-* options (or the daemon.json of the host), then run the command again',
    });
  }
  if (report.has('running')) {
    return new TsmachineError('ENGINE_CONFIG', `The engine of ${machine} did not start with its new settings. ${after}${quoted}`, {
      hint: lines([
        'If a setting is the cause, correct the --engine-* options (or the daemon.json of the host)',
        say`For the full log: ${fullLog(machine)}`,
      ]),
    });
  }
  const why = request.restart === true ? 'after its upgrade' : `with its new settings. ${after}`;
  return new TsmachineError('ENGINE_START', `The engine of ${machine} did not start ${why}${quoted}`, {
    hint: say`For the full log: ${fullLog(machine)}`,
  });
}

function fullLog(machine: string): Text {
  return run('ssh', machine, 'sudo', 'journalctl', '-u', 'docker', '--no-pager', '-n', '100');
}

function fileUnwritable(machine: string, file: string, words: string): TsmachineError {
  // shells put their name and the line before the reason
  const reason = words.trim().split('\n').at(-1)?.split(': ').at(-1) ?? '';
  return new TsmachineError(
    'ENGINE_CONFIG',
    `${file} on ${machine} cannot be written${reason === '' ? '' : `: ${reason}`}. Nothing was changed`,
    {
      hint: unwritableHint(machine, file, reason),
    },
  );
}

function unwritableHint(machine: string, file: string, reason: string): Text {
  if (/read-only/i.test(reason)) return say`To see what is mounted there: ${run('ssh', machine, 'findmnt', '-T', file)}`;
  if (/not permitted|denied/i.test(reason))
    return say`To see what forbids it: ${run('ssh', machine, 'sudo', 'lsattr', '-d', folderOf(file), file)}`;
  return say`To see what is there: ${run('ssh', machine, 'ls', '-ld', folderOf(file), file)}`;
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/')) || '/';
}

/** The last 15 warnings and errors that were logged since the engine's last start. */
function relevantLines(log: readonly string[]): string[] {
  const start = log.findLastIndex((line) => line.startsWith('Starting '));
  return informative(log.slice(start + 1))
    .slice(-15)
    .map((line) => line.replace(/^time="[^"]*" /, ''));
}

function informative(lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== '' && !uninformative.some((pattern) => pattern.test(line)));
}
