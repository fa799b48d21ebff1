import { invalid } from '../api/errors.js';
import { readFilter } from './filter.js';
import { singular, type Resource } from './resource.js';
import type { Request } from './world.js';

/** `zones/z/instances/m` of a request. */
export function pathIn({ method, place }: Pick<Request, 'method' | 'place'>): string {
  const filled = method.path.replace(/\{(\w+)\}/g, (_whole, name: string) => place[name] ?? '');
  return filled.split('/').slice(2).join('/');
}

export function getOne(request: Request): Resource {
  const { project } = request;
  const path = pathIn(request);
  const found = project.get(path);
  project.operations.look(path.includes('/operations/') ? { operation: found as never } : { target: project.path(path) });
  return project.get(path);
}

export function list(request: Request): unknown {
  const path = pathIn(request);
  const kind = path.slice(path.lastIndexOf('/') + 1);
  const found = matching(request, kind).filter(([each]) => each.slice(0, each.lastIndexOf('/')) === path);
  const { items, nextPageToken } = page(request, found);
  return {
    kind: `compute#${singular(kind)}List`,
    id: request.project.path(path),
    ...(items.length > 0 ? { items: items.map(([, resource]) => resource) } : {}),
    selfLink: request.project.link(path),
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
  };
}

/** Every scope is there, also without a thing: a warning says so then. */
export function aggregatedList(request: Request): unknown {
  const { project } = request;
  const kind = request.method.path.split('/').at(-1) ?? '';
  const { items, nextPageToken } = page(request, matching(request, kind));
  const scopes = new Map<string, Resource[]>();
  for (const [path] of [...project.all('zones'), ...project.all('regions')])
    if (path.startsWith(kind === 'addresses' || kind === 'subnetworks' ? 'regions/' : 'zones/')) scopes.set(path, []);
  for (const [path, resource] of items) {
    const scope = path.split('/').slice(0, -2).join('/');
    scopes.set(scope, [...(scopes.get(scope) ?? []), resource]);
  }
  const shown = [...scopes].map(([scope, found]) => [scope, found.length > 0 ? { [kind]: found } : nothingIn(scope)] as const);
  return {
    kind: `compute#${singular(kind)}AggregatedList`,
    id: project.path(`aggregated/${kind}`),
    items: Object.fromEntries(shown),
    selfLink: project.link(`aggregated/${kind}`),
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
  };
}

function nothingIn(scope: string) {
  const message = `There are no results for scope '${scope}' on this page.`;
  return { warning: { code: 'NO_RESULTS_ON_PAGE', message, data: [{ key: 'scope', value: scope }] } };
}

function matching({ world, project, query }: Request, kind: string): [string, Resource][] {
  const filter = query.get('filter') ?? '';
  const test = filter.trim() === '' ? () => true : readFilter(filter);
  for (const [path, resource] of project.all(kind))
    project.operations.look(kind === 'operations' ? { operation: resource as never } : { target: project.path(path) });
  return project.all(kind, world.behaviour.unseenInLists).filter(([, resource]) => test(resource));
}

function page<T>({ world, query }: Request, all: readonly T[]): { readonly items: readonly T[]; readonly nextPageToken?: string } {
  const asked = Number(query.get('maxResults') ?? 500);
  if (asked > 500) throw invalid('maxResults', String(asked), 'Value must be less than or equal to 500.');
  const size = Math.min(asked, world.behaviour.page ?? 500);
  const token = query.get('pageToken') ?? '';
  const start = token === '' ? 0 : Number(Buffer.from(token, 'base64url').toString().replace('after-', ''));
  if (Number.isNaN(start)) throw invalid('pageToken', token, 'Invalid page token.');
  const items = all.slice(start, start + size);
  const next = start + size < all.length ? Buffer.from(`after-${start + size}`).toString('base64url') : undefined;
  return next === undefined ? { items } : { items, nextPageToken: next };
}
