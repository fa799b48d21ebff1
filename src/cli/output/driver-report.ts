import type { DriverReport } from '../../machine/drivers/info.js';
import { table } from './table.js';

/** What `driver info` prints. */
export function driverReportText(report: DriverReport): string {
  const { driver, kind, package: name, version, path, summary, contract, features = {}, flags = [], problem, others, rules = [] } = report;
  const has = Object.entries(features).flatMap(([feature, on]) => (on === true ? [feature] : []));
  const rows = [
    ['Driver', driver],
    ['From', kind],
    ...(name === undefined ? [] : [['Package', `${name} ${version ?? ''}`]]),
    ...(path === undefined ? [] : [['Path', path]]),
    ...(summary === undefined ? [] : [['Summary', summary]]),
    ...(contract === undefined
      ? []
      : [
          ['Contract', `version ${contract}`],
          ['Features', has.join(', ') || 'none'],
        ]),
    ...flags.map(({ name: flag, env }, at) => [at === 0 ? 'Flags' : '', `--${flag}${env === undefined ? '' : ` [$${env}]`}`]),
    ...others.map((other) => ['Not used', `${other.kind} ${other.path ?? ''}`]),
    ...(problem === undefined ? [] : [['Problem', problem]]),
    ...rules.map(({ rule, broken }) => [broken === undefined ? 'Holds' : 'Broken', broken === undefined ? rule : `${rule}: ${broken}`]),
  ];
  return table(rows);
}
