import { Violated } from '../../front/errors.js';
import { dig, isJson, same } from '../../world/json.js';
import type { Stored } from '../../world/world.js';

/** `$filter` of resources and groups: equalities of tagName, tagValue, resourceType, name, location and resourceGroup, joined by `and`. */
export function fitsFilter(filter: string | null, { type, name, group, body }: Stored): boolean {
  if (filter === null || filter === '') return true;
  const wanted = new Map<string, string>();
  for (const part of filter.split(/\s+and\s+/i)) {
    const [, key = '', value = ''] = /^\s*\(?(\w+)\s+eq\s+'((?:[^']|'')*)'\)?\s*$/.exec(part) ?? [];
    if (!['tagName', 'tagValue', 'resourceType', 'name', 'location', 'resourceGroup'].includes(key)) {
      throw new Violated(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}' specified in the query string.`);
    }
    wanted.set(key, value.replaceAll("''", "'"));
  }
  const tag = wanted.get('tagName');
  if (tag === undefined && wanted.has('tagValue')) {
    throw new Violated(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}': tagValue without tagName.`);
  }
  if (tag !== undefined && wanted.size > (wanted.has('tagValue') ? 2 : 1)) {
    throw new Violated(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}': filters of tags cannot be joined with others.`);
  }
  const tags = isJson(dig(body, 'tags')) ? (dig(body, 'tags') as Record<string, unknown>) : {};
  const value = Object.entries(tags).find(([key]) => same(key, tag))?.[1];
  const fits = (key: string, own: unknown) => !wanted.has(key) || (typeof own === 'string' && same(own, wanted.get(key)));
  if (tag !== undefined && (value === undefined || (wanted.has('tagValue') && value !== wanted.get('tagValue')))) return false;
  return fits('resourceType', type) && fits('name', name) && fits('resourceGroup', group) && fits('location', dig(body, 'location'));
}
