import type { FlagSpec, FlagType, FlagValue, FlagValues } from '../../../base/flags.js';
import { nearest } from '../../../base/nearest.js';
import type { GroupSection } from '../document.js';
import { finding, type FileFinding } from './file-finding.js';
import { pointerTo } from '../text/pointer.js';
import type { Place, Tree } from '../text/tree.js';

/** The flags of all drivers, by the name of the driver. */
export type DriverFlags = ReadonlyMap<string, readonly FlagSpec[]>;

const forms: Readonly<Record<FlagType, string>> = {
  string: 'a text',
  int: 'a whole number',
  bool: 'true or false',
  strings: 'a list, such as [a, b]',
};

/** Checks the driver and its flags. The value of a flag is never shown, because it may be a secret. */
export function checkDriver(name: string, { driver, flags = {} }: GroupSection, drivers: DriverFlags, { places }: Tree): FileFinding[] {
  const at = pointerTo('/groups', name);
  const specs = drivers.get(driver);
  if (!specs) {
    const message = noDriver(driver, [...drivers.keys()], places.get(`${at}/driver`));
    return [finding('error', 'value', `${at}/driver`, `groups.${name}.driver: ${message}`)];
  }
  return Object.entries(flags).flatMap(([flag, value]) => {
    const pointer = pointerTo(at, 'flags', flag);
    const spec = specs.find((one) => one.name === flag);
    if (!spec)
      return finding(
        'error',
        'key',
        pointer,
        `groups.${name}.flags: ${noFlag(
          flag,
          driver,
          specs.map((one) => one.name),
        )}`,
      );
    if (asSpec(spec.type, value, places.get(pointer)) !== undefined) return [];
    return finding('error', 'value', pointer, `groups.${name}.flags: ${flag} must be ${forms[spec.type]}`);
  });
}

/** The flags with the types that the driver declares: a text stays as it is written, the text of a variable becomes a number. */
export function typedFlags(name: string, { driver, flags = {} }: GroupSection, drivers: DriverFlags, { places }: Tree): FlagValues {
  const types = new Map(drivers.get(driver)?.map(({ name: flag, type }) => [flag, type]));
  return Object.fromEntries(
    Object.entries(flags).map(([flag, value]) => {
      const type = types.get(flag);
      return [flag, type && asSpec(type, value, places.get(pointerTo('/groups', name, 'flags', flag)))];
    }),
  );
}

/** A value as the type of a flag; undefined when it cannot be one. */
function asSpec(type: FlagType, value: FlagValue | undefined, place: Place | undefined): FlagValue | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : undefined;
  if (type === 'strings') return typeof value === 'object' ? value : [place?.written ?? String(value)];
  if (typeof value === 'object') return undefined;
  if (type === 'string') return place?.written ?? String(value);
  if (type === 'bool') return /^(true|false)$/.test(String(value)) ? String(value) === 'true' : undefined;
  if (text !== undefined) return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

function noDriver(driver: string, known: readonly string[], place: Place | undefined): string {
  const meant = place?.hidden === undefined ? nearest(driver, known) : undefined;
  const word = place?.hidden ?? JSON.stringify(driver);
  return `unknown driver ${word}: ${meant === undefined ? `the drivers are ${known.join(', ')}` : `did you mean "${meant}"?`}`;
}

function noFlag(flag: string, driver: string, known: readonly string[]): string {
  const bare = flag.replace(/^-+/, '');
  const meant = [bare, `${driver}-${bare}`].find((name) => known.includes(name)) ?? nearest(bare, known);
  const instead = meant === undefined ? `its flags are ${known.join(', ') || 'none'}` : `did you mean "${meant}"?`;
  return `driver ${driver} has no flag ${JSON.stringify(flag)}: ${instead}`;
}
