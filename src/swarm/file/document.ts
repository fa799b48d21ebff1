import type { FlagValues } from '../../base/flags.js';
import type { InstallMode } from '../../base/machine.js';
import type { GroupDeclaration, SwarmSettings } from '../model/declaration.js';
import type { Availability, Labels, Role } from '../../base/swarm-node.js';
import { nanoseconds } from './duration.js';
import { parseExternalCa } from './external-ca.js';

/** A swarm file as docs/swarm.schema.json describes it. */
export interface SwarmFile {
  readonly name?: string;
  readonly swarm?: SettingsSection;
  readonly groups: Readonly<Record<string, GroupSection>>;
}

export interface SettingsSection {
  readonly 'across-networks'?: boolean;
  readonly 'default-addr-pool'?: readonly string[];
  readonly 'default-addr-pool-mask-length'?: number;
  readonly 'data-path-port'?: number;
  readonly autolock?: boolean;
  readonly 'cert-expiry'?: string;
  readonly 'dispatcher-heartbeat'?: string;
  readonly 'task-history-limit'?: number;
  readonly 'snapshot-interval'?: number;
  readonly 'max-snapshots'?: number;
  readonly 'external-ca'?: readonly string[];
}

export interface GroupSection {
  readonly role: Role;
  readonly count?: number;
  readonly names?: readonly string[];
  readonly driver: string;
  readonly flags?: FlagValues;
  readonly availability?: Availability;
  readonly labels?: Labels;
  readonly engine?: EngineSection;
  readonly 'tls-sans'?: readonly string[];
  readonly 'advertise-addr'?: string;
  readonly 'data-path-addr'?: string;
  readonly 'listen-addr'?: string;
}

interface EngineSection {
  readonly opts?: readonly string[];
  readonly labels?: readonly string[];
  readonly 'insecure-registries'?: readonly string[];
  readonly 'registry-mirrors'?: readonly string[];
  readonly 'storage-driver'?: string;
  readonly env?: readonly string[];
  readonly install?: InstallMode;
  readonly version?: string;
  readonly 'install-url'?: string;
  readonly 'install-insecure'?: boolean;
}

export function settingsOf(section: SettingsSection = {}): SwarmSettings {
  return given({
    acrossNetworks: section['across-networks'],
    defaultAddrPool: section['default-addr-pool'],
    defaultAddrPoolMaskLength: section['default-addr-pool-mask-length'],
    dataPathPort: section['data-path-port'],
    autolock: section.autolock,
    certExpiry: nanoseconds(section['cert-expiry'] ?? ''),
    dispatcherHeartbeat: nanoseconds(section['dispatcher-heartbeat'] ?? ''),
    taskHistoryLimit: section['task-history-limit'],
    snapshotInterval: section['snapshot-interval'],
    maxSnapshots: section['max-snapshots'],
    externalCas: section['external-ca']?.map(parseExternalCa).filter((ca) => typeof ca !== 'string'),
  });
}

export function groupOf(name: string, section: GroupSection): GroupDeclaration {
  const { engine = {} } = section;
  return {
    name,
    machines: section.names ?? section.count ?? 0,
    role: section.role,
    availability: section.availability ?? 'active',
    labels: section.labels ?? {},
    driver: section.driver,
    flags: section.flags ?? {},
    engine: given({
      ArbitraryFlags: engine.opts,
      Env: engine.env,
      InsecureRegistry: engine['insecure-registries'],
      Labels: engine.labels,
      RegistryMirror: engine['registry-mirrors'],
      StorageDriver: engine['storage-driver'],
      InstallURL: engine['install-url'],
    }),
    install: { mode: engine.install ?? 'auto', ...given({ version: engine.version, insecure: engine['install-insecure'] }) },
    tlsSans: section['tls-sans'] ?? [],
    ...given({ advertiseAddr: section['advertise-addr'], dataPathAddr: section['data-path-addr'], listenAddr: section['listen-addr'] }),
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that are not undefined: what the file leaves out stays out. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
