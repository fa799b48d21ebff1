import { float, nil, string, bool, type InterfaceValue, type MapValue, type Value } from '../../go-template/values.js';

/** The value to which Go decodes a JSON object without a type: maps, slices, float64, string, bool, nil. */
export function fromJson(object: Readonly<Record<string, unknown>>): MapValue {
  const entries = new Map(Object.entries(object).map(([key, value]): [string, Value] => [key, element(value)]));
  return { kind: 'map', type: 'map[string]interface {}', entries, zero: nil };
}

function element(json: unknown): InterfaceValue {
  const value = concrete(json);
  return value === undefined ? nil : { kind: 'interface', type: 'interface {}', value };
}

function concrete(json: unknown): Exclude<Value, InterfaceValue> | undefined {
  if (typeof json === 'boolean') return bool(json);
  if (typeof json === 'number') return float(json);
  if (typeof json === 'string') return string(json.replace(/\p{Surrogate}/gu, '\ufffd'));
  if (Array.isArray(json)) return { kind: 'slice', type: '[]interface {}', items: json.map(element), isNil: false };
  return isRecord(json) ? fromJson(json) : undefined;
}

function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null;
}
