import { TsmachineError } from '../../../src/base/errors.js';
import { nearest } from '../../../src/base/nearest.js';
import type { Gce } from '../api.js';
import { defaultZone, regionOf, type Config } from '../config.js';
import { architectureOf, type Architecture } from './vendors.js';

/** A machine type in a zone that has it. */
export interface TypeInZone {
  readonly type: string;
  readonly zone: string;
  readonly architecture: Architecture;
}

type Wish = Pick<Config, 'own'>;

/**
 * Types in zones, in order of preference; never empty, all in one region. One call; one more for custom types where no zone was given.
 * @throws TsmachineError FLAG_INVALID naming the flag, with the nearest name there is
 */
export async function placesOf({ own: { zones: wanted, machineTypes } }: Wish, gce: Gce): Promise<readonly TypeInZone[]> {
  const region = regionOf(wanted[0] ?? defaultZone);
  const listed = machineTypes.filter((type) => !isCustom(type));
  const found = listed.length === 0 ? [] : await typesIn(region, listed, gce);
  const custom = machineTypes.length > listed.length && wanted.length === 0 ? await zonesOf(region, gce) : [];
  const zones = wanted.length > 0 ? wanted : inOrder([...new Set([...found.map(({ zone }) => zone), ...custom])]);
  const places = machineTypes.flatMap((type) =>
    zones.flatMap((zone): TypeInZone[] => {
      if (isCustom(type)) return [{ type, zone, architecture: architectureOf(type) }];
      return found.filter((one) => one.type === type && one.zone === zone);
    }),
  );
  if (places.length > 0) return places;
  throw await nothingThere({ region, zones: wanted, types: listed, found }, gce);
}

/** Docker Machine's zone first, the others as they are called. */
function inOrder(zones: readonly string[]): readonly string[] {
  return [...zones].sort((one, other) => Number(other === defaultZone) - Number(one === defaultZone) || (one < other ? -1 : 1));
}

/** `e2-custom-2-4096`, `custom-2-4096`: no list has them, and Google checks them when the VM is made. */
export function isCustom(type: string): boolean {
  return /^([a-z0-9]+-)?custom-/.test(type);
}

/** Which zones of a region have these types. */
async function typesIn(region: string, types: readonly string[], gce: Gce): Promise<TypeInZone[]> {
  const filter = types.map((type) => `(name = "${type}")`).join(' OR ');
  const found: TypeInZone[] = [];
  for (let pageToken: string | undefined, isFirst = true; isFirst || pageToken !== undefined; isFirst = false) {
    const page = await gce.recall('machineTypes.aggregatedList', {
      filter,
      maxResults: 500,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    for (const [scope, { machineTypes = [] }] of Object.entries(page.items ?? {})) {
      const zone = scope.replace('zones/', '');
      if (regionOf(zone) !== region) continue;
      for (const { name = '', architecture } of machineTypes)
        found.push({ type: name, zone, architecture: architecture === 'ARM64' ? 'ARM64' : architectureOf(name) });
    }
    pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
  }
  return found;
}

async function zonesOf(region: string, gce: Gce): Promise<readonly string[]> {
  const all = await allZones(gce);
  const zones = all.filter((zone) => regionOf(zone) === region);
  if (zones.length === 0) throw noZone(region, all);
  return zones;
}

async function allZones(gce: Gce): Promise<readonly string[]> {
  const { items = [] } = await gce.recall('zones.list', { maxResults: 500 });
  return items.flatMap(({ name }) => (name === undefined ? [] : [name])).sort();
}

function noZone(zone: string, all: readonly string[]): TsmachineError {
  const near = nearest(zone, all);
  const there = all.filter((each) => regionOf(each) === regionOf(zone));
  const hint =
    there.length > 0
      ? `There are ${there.join(', ')}`
      : near === undefined
        ? 'The zones: gcloud compute zones list'
        : `Did you mean ${near}?`;
  return new TsmachineError('FLAG_INVALID', `Google has no zone ${zone} (--google-zone)`, { hint });
}

interface Nothing {
  readonly region: string;
  readonly zones: readonly string[];
  readonly types: readonly string[];
  readonly found: readonly TypeInZone[];
}

async function nothingThere({ region, zones, types, found }: Nothing, gce: Gce): Promise<TsmachineError> {
  const all = await allZones(gce);
  const unknown = zones.find((zone) => !all.includes(zone));
  if (unknown !== undefined) return noZone(unknown, all);
  const elsewhere = [...new Set(found.map(({ zone }) => zone))].sort();
  const names = types.join(' or ');
  if (elsewhere.length > 0)
    return new TsmachineError('FLAG_INVALID', `--google-machine-type: none of the zones ${zones.join(', ')} has ${names}`, {
      hint: `There is one in ${elsewhere.join(', ')}: give --google-zone`,
    });
  const zone = zones[0] ?? all.find((each) => regionOf(each) === region) ?? defaultZone;
  const { items = [] } = await gce.recall('machineTypes.list', { zone, maxResults: 500 });
  const known = items.flatMap(({ name }) => (name === undefined ? [] : [name])).sort();
  const near = types.flatMap((type) => nearest(type, known) ?? []);
  return new TsmachineError('FLAG_INVALID', `${region} has no machine type ${names} (--google-machine-type)`, {
    hint: near.length === 0 ? `The types of a zone: gcloud compute machine-types list --zones ${zone}` : `Did you mean ${near.join(', ')}?`,
  });
}
