import type { Text } from '../../base/text.js';
import type { SwarmStatus } from '../../swarm/status/status.js';
import { asTyped } from '../line/program.js';
import { table } from './table.js';

/** A swarm on one screen: its parts, what is wrong with it, and the commands that fix it. */
export function swarmStatusText(status: SwarmStatus): string {
  const { name, id = 'not created yet', problems } = status;
  const problemLines = problems.flatMap(({ level, message, fix }) => [
    `${level === 'fault' ? 'FAULT' : 'warning'}: ${asTyped(message).replace(/\s*\n\s*/g, ' ')}`,
    ...fixLines(fix),
  ]);
  return [
    `Swarm "${name}" (${id})`,
    table(facts(status)),
    ...services(status),
    '',
    ...(problemLines.length === 0 ? ['No problems.'] : problemLines),
  ].join('\n');
}

function facts({ managers, leader, workers, services: all, autolock, ca }: SwarmStatus): string[][] {
  const { total, reachable, needed, mayFail } = managers;
  const running = all.filter((service) => service.running + service.completed >= service.wanted).length;
  return [
    [
      'Managers',
      `${reachable} of ${total} reachable, ${needed} needed, ${mayFail} may fail${leader === undefined ? '' : `; leader ${leader}`}`,
    ],
    ['Workers', `${workers.ready} of ${workers.total} ready`],
    ...(autolock === undefined
      ? [['Services', 'unknown']]
      : [['Services', all.length === 0 ? 'none' : `${running} of ${all.length} have all their tasks`]]),
    ...(autolock === undefined ? [] : [['Autolock', autolock ? 'on' : 'off']]),
    ...(ca ? [['Root CA', `until ${ca.expires.slice(0, 10)}${ca.rotating ? ', being replaced' : ''}`]] : []),
  ];
}

function services({ services: all }: SwarmStatus): string[] {
  if (all.length === 0) return [];
  return table(
    all.map(({ name, mode, running, wanted, completed }) => [
      `  ${name}`,
      mode,
      mode.endsWith('-job') ? `${completed} of ${wanted} done` : `${running}/${wanted}`,
    ]),
  ).split('\n');
}

function fixLines(fix: Text | undefined): string[] {
  return fix === undefined
    ? []
    : asTyped(fix)
        .split('\n')
        .map((line) => `  ${line}`);
}
