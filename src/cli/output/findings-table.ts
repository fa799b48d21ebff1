import type { Text } from '../../base/text.js';
import type { Finding, Level } from '../../doctor/doctor.js';
import { asTyped } from '../line/program.js';
import { table } from './table.js';

const levels: readonly Level[] = ['fault', 'warning', 'ok'];
const words: Readonly<Record<Level, string>> = { fault: 'FAULT', warning: 'warning', ok: 'ok' };

/** One line for each finding, its fix below it, and the number of findings at the end. */
export function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ level, check, machine = '-', message }) => [
    words[level],
    check,
    machine,
    asTyped(message).replace(/\s*\n\s*/g, ' '),
  ]);
  const [header = '', ...lines] = table([['LEVEL', 'CHECK', 'MACHINE', 'FINDING'], ...rows]).split('\n');
  const indent = ' '.repeat(header.indexOf('CHECK'));
  const body = lines.flatMap((line, i) => [line, ...fixLines(findings[i]?.fix).map((fix) => indent + fix)]);
  return [header, ...body, '', summary(findings)].join('\n');
}

function fixLines(fix: Text | undefined): string[] {
  return fix === undefined
    ? []
    : asTyped(fix)
        .split('\n')
        .map((line, i) => (i === 0 ? `fix: ${line}` : `     ${line}`));
}

function summary(findings: readonly Finding[]): string {
  const counted = levels.map((level) => [level, findings.filter((finding) => finding.level === level).length] as const);
  return counted
    .filter(([level, count]) => level !== 'ok' || count > 0)
    .map(([level, count]) => `${count} ${level}${count === 1 || level === 'ok' ? '' : 's'}`)
    .join(', ');
}
