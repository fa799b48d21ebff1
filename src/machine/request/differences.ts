import { loadDriverModule } from '../access/driver-registry.js';
import { flagsToKeep, type FlagValues } from '../../base/flags.js';
import type { HostConfig, HostOptions } from '../../store/config/schema.js';
import type { Session } from '../session.js';

/** The flags that set the fields of config.json. */
const optionFlags: { readonly [part in 'EngineOptions' | 'SwarmOptions']: { readonly [field in keyof HostOptions[part]]?: string } } = {
  EngineOptions: {
    ArbitraryFlags: 'engine-opt',
    Env: 'engine-env',
    InsecureRegistry: 'engine-insecure-registry',
    Labels: 'engine-label',
    RegistryMirror: 'engine-registry-mirror',
    StorageDriver: 'engine-storage-driver',
    InstallURL: 'engine-install-url',
  },
  SwarmOptions: {
    Agent: 'swarm',
    Master: 'swarm-master',
    Image: 'swarm-image',
    Discovery: 'swarm-discovery',
    Address: 'swarm-addr',
    Host: 'swarm-host',
    Strategy: 'swarm-strategy',
    ArbitraryFlags: 'swarm-opt',
    ArbitraryJoinFlags: 'swarm-join-opt',
    IsExperimental: 'swarm-experimental',
  },
};

/**
 * The flags that differ between a machine in the store and a request for it, as `--name (it was VALUE)`; none where the store does not say.
 * @throws TsmachineError CONFIG_*, MACHINE_INCOMPLETE when the machine cannot be read
 */
export async function differingFlags(session: Session, wanted: HostConfig, flags: FlagValues): Promise<string[]> {
  const { config } = await session.store.load(wanted.Name);
  if (config.DriverName !== wanted.DriverName) return [spoken('driver', config.DriverName)];
  const [{ flags: kept = {} }, { flags: specs }] = await Promise.all([
    session.store.readFacts(wanted.Name),
    loadDriverModule(wanted.DriverName, session),
  ]);
  const now = flagsToKeep(specs, flags);
  const ofDriver = Object.keys(kept).flatMap((name) => (same(kept[name], now[name]) ? [] : [spoken(name, kept[name])]));
  const [was, is] = [config.HostOptions, wanted.HostOptions];
  return [
    ...ofDriver,
    ...differing(optionFlags.EngineOptions, was.EngineOptions, is.EngineOptions),
    ...differing(optionFlags.SwarmOptions, was.SwarmOptions, is.SwarmOptions),
    ...differing({ ServerCertSANs: 'tls-san' }, was.AuthOptions, is.AuthOptions),
  ];
}

function differing<T extends object>(names: { readonly [field in keyof T]?: string }, was: T, is: T): string[] {
  return (Object.keys(names) as (keyof T)[]).flatMap((field) => {
    const name = names[field];
    return name === undefined || same(was[field], is[field]) ? [] : [spoken(name, was[field])];
  });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function spoken(flag: string, before: unknown): string {
  const empty = before === '' || before === undefined || (Array.isArray(before) && before.length === 0);
  return `--${flag} (it was ${empty ? 'not given' : JSON.stringify(before)})`;
}
