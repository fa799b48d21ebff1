import { ArmError } from '../front/errors.js';
import { text, texts, type Json } from '../world/json.js';

export interface Location {
  readonly name: string;
  readonly displayName: string;
  readonly zones: readonly string[];
}

const three = ['1', '2', '3'];
const table: readonly [name: string, displayName: string, zones: readonly string[]][] = [
  ['westus', 'West US', []],
  ['westus2', 'West US 2', three],
  ['westus3', 'West US 3', three],
  ['eastus', 'East US', three],
  ['eastus2', 'East US 2', three],
  ['centralus', 'Central US', three],
  ['northcentralus', 'North Central US', []],
  ['northeurope', 'North Europe', three],
  ['westeurope', 'West Europe', three],
  ['uksouth', 'UK South', three],
  ['germanywestcentral', 'Germany West Central', three],
  ['swedencentral', 'Sweden Central', three],
  ['southeastasia', 'Southeast Asia', three],
  ['japaneast', 'Japan East', three],
];

export const locations: readonly Location[] = table.map(([name, displayName, zones]) => ({ name, displayName, zones }));

export function locationNamed(name: string): Location | undefined {
  const short = name.toLowerCase().replaceAll(' ', '');
  return locations.find((each) => each.name === short);
}

/** @returns the short name. @throws ArmError LocationRequired or LocationNotAvailableForResourceType */
export function checkLocation(body: Json, type: string): string {
  const given = text(body, 'location');
  if (given === undefined || given === '') {
    throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const found = locationNamed(given);
  if (found) return found.name;
  const all = locations.map(({ name }) => name).join(',');
  throw new ArmError(
    400,
    'LocationNotAvailableForResourceType',
    `The provided location '${given}' is not available for resource type '${type}'. List of available regions for the resource type is '${all}'.`,
  );
}

/** @throws ArmError when a location has no zones, or not these */
export function checkZones(body: Json, type: string, name: string): void {
  const zones = texts(body, 'zones');
  const location = locationNamed(text(body, 'location') ?? '');
  if (zones.length === 0 || location === undefined) return;
  if (location.zones.length === 0) {
    const message = `The resource '${type}/${name}' does not support availability zones at location '${location.name}'.`;
    throw new ArmError(400, 'LocationNotSupportAvailabilityZones', message);
  }
  const wrong = zones.filter((zone) => !location.zones.includes(zone));
  if (wrong.length === 0) return;
  throw new ArmError(
    400,
    'InvalidAvailabilityZone',
    `The zone(s) '${wrong.join(',')}' for resource '${type}/${name}' is not supported. ` +
      `The supported zones for location '${location.name}' are '${location.zones.join(',')}'`,
  );
}
