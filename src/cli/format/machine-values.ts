import { states } from '../../base/machine.js';
import type { MachineRow } from '../../machine/list.js';
import { activeMark } from '../output/machine-table.js';
import { visible } from '../terminal/visible.js';
import { duration } from '../../go-template/text/duration.js';
import {
  bool,
  float,
  int,
  string,
  strings,
  type IntValue,
  type MapValue,
  type PointerValue,
  type StringValue,
  type StructValue,
  type Value,
} from '../../go-template/values.js';

/** The header of each field in `ls --format 'table ...'`, as in Docker Machine. */
const headers: Readonly<Record<string, string>> = {
  Name: 'NAME',
  Active: 'ACTIVE',
  ActiveHost: 'ACTIVE_HOST',
  ActiveSwarm: 'ACTIVE_SWARM',
  DriverName: 'DRIVER',
  State: 'STATE',
  URL: 'URL',
  SwarmOptions: 'SWARM_OPTIONS',
  Swarm: 'SWARM',
  EngineOptions: 'ENGINE_OPTIONS',
  Error: 'ERRORS',
  DockerVersion: 'DOCKER',
  ResponseTime: 'RESPONSE',
};

/** The value that makes a template print the header of a table. Unknown fields are not an error here. */
export const headerValue: MapValue = {
  kind: 'map',
  type: 'map[string]string',
  zero: string(''),
  entries: new Map(Object.entries(headers).map(([field, header]) => [field, string(header)])),
};

/** A row as the struct that Docker Machine passes to the template. */
export function machineValue(row: MachineRow): StructValue {
  const { options } = row;
  return struct('commands.HostListItem', {
    Name: seen(row.name),
    Active: string(activeMark(row)),
    ActiveHost: bool(row.activeHost),
    ActiveSwarm: bool(row.activeSwarm),
    DriverName: seen(row.driverName),
    State: state(visible(row.state)),
    URL: seen(row.url),
    SwarmOptions: pointer('swarm.Options', swarmFields, options?.SwarmOptions),
    Swarm: seen(row.swarm),
    EngineOptions: pointer('engine.Options', engineFields, options?.EngineOptions),
    Error: seen(row.error),
    DockerVersion: seen(row.dockerVersion),
    ResponseTime: duration(row.responseMs),
  });
}

function state(word: string): IntValue {
  return {
    ...int(Math.max((states as readonly string[]).indexOf(word), 0), 'state.State'),
    text: word,
    methods: { String: () => string(word) },
  };
}

/** Go's fields of an option object by name: their type, and their key in config.json if it differs. */
type Fields = Readonly<Record<string, readonly [type: 'bool' | 'float' | 'int' | 'string' | 'strings', key?: string]>>;

const swarmFields: Fields = {
  IsSwarm: ['bool'],
  Address: ['string'],
  Discovery: ['string'],
  Agent: ['bool'],
  Master: ['bool'],
  Host: ['string'],
  Image: ['string'],
  Strategy: ['string'],
  Heartbeat: ['int'],
  Overcommit: ['float'],
  ArbitraryFlags: ['strings'],
  ArbitraryJoinFlags: ['strings'],
  Env: ['strings'],
  IsExperimental: ['bool'],
};

const engineFields: Fields = {
  ArbitraryFlags: ['strings'],
  DNS: ['strings', 'Dns'],
  GraphDir: ['string'],
  Env: ['strings'],
  Ipv6: ['bool'],
  InsecureRegistry: ['strings'],
  Labels: ['strings'],
  LogLevel: ['string'],
  StorageDriver: ['string'],
  SelinuxEnabled: ['bool'],
  TLSVerify: ['bool', 'TlsVerify'],
  RegistryMirror: ['strings'],
  InstallURL: ['string'],
};

/** What an engine, a driver or config.json says, in a template that is the user's: only the values are written out. */
function seen(value: string): StringValue {
  return string(visible(value));
}

function pointer(name: string, fields: Fields, options: object | undefined): PointerValue {
  const known = new Map<string, unknown>(Object.entries(options ?? {}));
  const values = Object.entries(fields).map(([field, [type, key = field]]): [string, Value] => [field, typed(type, known.get(key))]);
  const to = options === undefined ? null : struct(name, Object.fromEntries(values));
  return { kind: 'pointer', type: `*${name}`, to, fields: Object.keys(fields) };
}

function struct(type: string, fields: Readonly<Record<string, Value>>): StructValue {
  return { kind: 'struct', type, fields: new Map(Object.entries(fields)) };
}

/** A value of the type. Values that are missing or have another type become Go's zero value. */
function typed(type: Fields[string][0], value: unknown): Value {
  switch (type) {
    case 'bool':
      return bool(value === true);
    case 'int':
      return int(typeof value === 'number' ? Math.trunc(value) : 0);
    case 'float':
      return float(typeof value === 'number' ? value : 0);
    case 'string':
      return seen(typeof value === 'string' ? value : '');
    case 'strings':
      return strings(Array.isArray(value) ? value.map((item) => visible(String(item))) : null);
  }
}
