import { isJson } from '../world/json.js';
import { flag, follow, type Node, type Property } from './types.js';

export interface Way {
  /** A request may name what is read-only only as it is now; a patch need not name what is required. */
  readonly kind: 'request' | 'patch' | 'answer';
}

/** Names of new sizes are not in the published types; prices are no whole numbers. */
const open = /\.vmSize$/;
const fractions = /\.maxPrice$/;

/** What is wrong with a value by the published types, one line each. @param current what is shown now, for what is read-only */
export function problems(value: unknown, node: Node, way: Way, current?: unknown): string[] {
  return check(value, node, '', way, current);
}

function check(value: unknown, node: Node, path: string, way: Way, current: unknown): string[] {
  const { type } = node;
  const wrong = (what: string) => [`${path || 'the body'} ${what}`];
  switch (type.$type) {
    case 'AnyType':
      return [];
    case 'BooleanType':
      return typeof value === 'boolean' ? [] : wrong('is no boolean');
    case 'IntegerType':
      if (typeof value !== 'number') return wrong('is no number');
      if (!Number.isInteger(value) && !fractions.test(path)) return wrong('is no whole number');
      if (type.minValue !== undefined && value < type.minValue) return wrong(`is below ${type.minValue}`);
      return type.maxValue !== undefined && value > type.maxValue ? wrong(`is above ${type.maxValue}`) : [];
    case 'StringLiteralType':
      return value === type.value ? [] : wrong(`is not ${type.value ?? ''}`);
    case 'StringType':
      return checkText(value, node, path);
    case 'ArrayType':
      return checkList(value, node, path, way, current);
    case 'UnionType':
      return checkUnion(value, node, path, way, current);
    case 'ObjectType':
      return checkObject(value, node, path, way, current);
    case 'DiscriminatedObjectType':
      return checkDiscriminated(value, node, path, way, current);
    default:
      return wrong(`has the type ${type.$type}, which the stand-in does not know`);
  }
}

function checkText(value: unknown, { type }: Node, path: string): string[] {
  if (typeof value !== 'string') return [`${path} is no text`];
  if (type.minLength !== undefined && value.length < type.minLength) return [`${path} is shorter than ${type.minLength}`];
  if (type.maxLength !== undefined && value.length > type.maxLength) return [`${path} is longer than ${type.maxLength}`];
  return type.pattern !== undefined && !new RegExp(type.pattern).test(value) ? [`${path} does not match ${type.pattern}`] : [];
}

function checkList(value: unknown, node: Node, path: string, way: Way, current: unknown): string[] {
  const { itemType } = node.type;
  if (!Array.isArray(value)) return [`${path} is no list`];
  if (itemType === undefined) return [];
  const before: unknown[] = Array.isArray(current) ? current : [];
  return value.flatMap((item: unknown, i) => check(item, follow(node, itemType), `${path}[${i}]`, way, partner(item, i, before)));
}

/** The item that was there before: the one of the same name. */
function partner(item: unknown, i: number, before: readonly unknown[]): unknown {
  const name = isJson(item) ? item['name'] : undefined;
  return name === undefined ? before[i] : before.find((each) => isJson(each) && each['name'] === name);
}

/** An extensible list of values is open for Azure's own future, not for what a client invents. */
function checkUnion(value: unknown, node: Node, path: string, way: Way, current: unknown): string[] {
  const elements = Array.isArray(node.type.elements) ? node.type.elements : [];
  const nodes = elements.map((ref) => follow(node, ref as { $ref: string }));
  const literals = nodes.filter(({ type }) => type.$type === 'StringLiteralType');
  const others = literals.length > 0 && !open.test(path) ? nodes.filter(({ type }) => type.$type !== 'StringType') : nodes;
  if (others.some((each) => check(value, each, path, way, current).length === 0)) return [];
  return [`${path} is ${JSON.stringify(value)}, not one of ${literals.map(({ type }) => type.value).join(', ')}`];
}

function checkObject(value: unknown, node: Node, path: string, way: Way, current: unknown): string[] {
  return checkProperties(value, node, node.type.properties ?? {}, path, way, current);
}

function checkDiscriminated(value: unknown, node: Node, path: string, way: Way, current: unknown): string[] {
  const { discriminator = '', baseProperties = {}, elements = {} } = node.type;
  const kind = isJson(value) ? value[discriminator] : undefined;
  const ref = typeof kind === 'string' && !Array.isArray(elements) ? (elements as Record<string, { $ref: string }>)[kind] : undefined;
  if (ref === undefined) return [`${path}.${discriminator} is ${JSON.stringify(kind)}, not one of ${Object.keys(elements).join(', ')}`];
  const properties = { ...baseProperties, ...follow(node, ref).type.properties };
  return checkProperties(value, node, properties, path, way, current);
}

function checkProperties(
  value: unknown,
  node: Node,
  properties: Readonly<Record<string, Property>>,
  path: string,
  way: Way,
  current: unknown,
): string[] {
  if (!isJson(value)) return [`${path || 'the body'} is no object`];
  const found: string[] = [];
  for (const [name, { flags }] of Object.entries(properties)) {
    const asked = (flags & flag.required) !== 0 && (flags & (flag.constant | flag.readOnly)) === 0;
    if (asked && way.kind !== 'patch' && value[name] === undefined) found.push(`${path}.${name} is required`);
  }
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined || item === null) continue;
    const before = isJson(current) ? current[name] : undefined;
    found.push(...checkProperty(item, node, properties[name], `${path}.${name}`, way, before));
  }
  return found;
}

function checkProperty(item: unknown, node: Node, property: Property | undefined, path: string, way: Way, before: unknown): string[] {
  if (property === undefined) {
    const { additionalProperties } = node.type;
    return additionalProperties ? check(item, follow(node, additionalProperties), path, way, before) : [`${path} is not known`];
  }
  const { flags, type } = property;
  if (way.kind === 'answer' && (flags & flag.writeOnly) !== 0) return [`${path} is never shown`];
  // what was read may be written back as it is
  if (way.kind !== 'answer' && (flags & flag.readOnly) !== 0) {
    return JSON.stringify(item) === JSON.stringify(before) ? [] : [`${path} is read-only`];
  }
  return check(item, follow(node, type), path, way, before);
}
