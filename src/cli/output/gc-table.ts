import type { GcItem } from '../../machine/gc/gc.js';
import { asTyped } from '../line/program.js';
import { table } from './table.js';

const minute = 60_000;
const ages = [
  { unit: 'd', milliseconds: 1440 * minute },
  { unit: 'h', milliseconds: 60 * minute },
  { unit: 'min', milliseconds: minute },
] as const;

/** What is left over, a row each. @param now milliseconds since 1970 */
export function gcTable(items: readonly GcItem[], now: number): string {
  return table([
    ['DRIVER', 'WHAT', 'NAME', 'AGE', 'SIZE', 'REMOVABLE', 'WHY'],
    ...items.map(({ driver, kind, id, name, createdAt, bytes, removable, reason }) => [
      driver,
      kind,
      name ?? id,
      createdAt === undefined ? '-' : ageOf(now - Date.parse(createdAt)),
      bytes === undefined ? '-' : `${(bytes / 2 ** 20).toFixed(0)} MB`,
      removable ? 'yes' : 'no',
      asTyped(reason),
    ]),
  ]);
}

function ageOf(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return '-'; // not a date
  const { unit, milliseconds: length } = ages.find((one) => milliseconds >= one.milliseconds) ?? ages[2];
  return `${Math.max(0, Math.floor(milliseconds / length))} ${unit}`;
}
