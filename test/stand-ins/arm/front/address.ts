/** Where a request goes. */
export interface Address {
  readonly subscription?: string;
  readonly group?: string;
  /** The namespace and the types of the ids that are complete, such as `Microsoft.Network/virtualNetworks`. */
  readonly type: string;
  readonly names: readonly string[];
  /** Up to the last complete id. */
  readonly id: string;
  /** The last part when it has no partner: a list, or what is to be done. */
  readonly word?: string;
  /** What a resource is attached to, as tags are. */
  readonly scope?: string;
}

/** Takes the path of a request apart. Names keep their case. */
export function readAddress(path: string): Address {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const last = parts.map((part) => part.toLowerCase()).lastIndexOf('providers');
  const subscription = is(parts[0], 'subscriptions') ? parts[1] : undefined;
  const group = is(parts[2], 'resourceGroups') ? parts[3] : undefined;
  const place = { ...(subscription === undefined ? {} : { subscription }), ...(group === undefined ? {} : { group }) };
  if (last < 0 || parts.length === last + 1) return { ...place, ...pairs('Microsoft.Resources', parts, []) };
  const namespace = parts[last + 1] ?? '';
  const before = parts.slice(0, last);
  const scope = before.length > (group === undefined ? 2 : 4) || is(namespace, 'Microsoft.Resources') ? `/${before.join('/')}` : undefined;
  return { ...place, ...pairs(namespace, parts.slice(last + 2), parts.slice(0, last + 2)), ...(scope === undefined ? {} : { scope }) };
}

function pairs(namespace: string, parts: readonly string[], before: readonly string[]): Omit<Address, 'subscription' | 'group'> {
  const whole = parts.length - (parts.length % 2);
  const types = parts.filter((_, i) => i < whole && i % 2 === 0);
  const word = parts[whole];
  return {
    type: [namespace, ...types].join('/'),
    names: parts.filter((_, i) => i < whole && i % 2 === 1),
    id: `/${[...before, ...parts.slice(0, whole)].join('/')}`,
    ...(word === undefined ? {} : { word }),
  };
}

function is(part: string | undefined, word: string): boolean {
  return part?.toLowerCase() === word.toLowerCase();
}
