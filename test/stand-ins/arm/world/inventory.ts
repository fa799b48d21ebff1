import { isJson, text } from './json.js';
import type { Stored, World } from './world.js';

/** A sorted line for everything that exists: `SUBSCRIPTION TYPE GROUP/NAME STATE {TAGS}`. */
export function inventory(world: World): string[] {
  const lines = [...world.subscriptions.values()].flatMap((subscription) =>
    [...subscription.resources.values()].map((each) => `${subscription.id} ${line(each)}`),
  );
  return lines.sort();
}

function line({ type, name, group, body, hidden }: Stored): string {
  const [, short = type] = type.split('/');
  const tags = isJson(body['tags']) ? Object.entries(body['tags']) : [];
  const written = tags.map(([key, value]) => `${key}=${String(value)}`).sort();
  const place = short === 'resourceGroups' ? name : `${group}/${name}`;
  const state = text(hidden, 'power') ?? text(body, 'properties.provisioningState') ?? '';
  return `${short} ${place} ${state} {${written.join(', ')}}`;
}
