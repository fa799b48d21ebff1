import { TsmachineError } from '../../../base/errors.js';
import { addSetting, type Json } from './engine-flags.js';
import { isAtLeast } from '../engine-version.js';
import type { Settings } from './merge.js';
import type { CertificatePaths, ProvisionRequest } from '../../request.js';

export interface Wanted {
  /** What belongs in daemon.json. */
  readonly settings: Settings;
  /** Options without a key in daemon.json, as words of the command line. */
  readonly flags: readonly string[];
}

/**
 * The engine settings that a request asks for, without the listening addresses.
 * @param engineVersion from 29.10 on, a list of insecure registries no longer implies the loopback ones (moby#53868)
 */
export function wantedSettings(request: ProvisionRequest, paths: CertificatePaths, engineVersion: string): Wanted {
  const { engine } = request;
  const settings: Settings = {};
  const flags: string[] = [];
  for (const option of engine.ArbitraryFlags) {
    const [, name = '', value] = /^-{0,2}([^=\s]+)(?:[=\s](.*))?$/s.exec(option.trim()) ?? [];
    if (name === '') throw new TsmachineError('FLAG_INVALID', `Engine option ${JSON.stringify(option)} does not have the form name=value`);
    if (!addSetting(settings, name, value ?? '')) flags.push(value === undefined ? `--${name}` : `--${name}=${value}`);
  }
  if (engine.StorageDriver !== '') settings['storage-driver'] = engine.StorageDriver;
  unite(settings, 'labels', labels([...engine.Labels, ...request.labels]));
  unite(settings, 'insecure-registries', engine.InsecureRegistry);
  if (settings['insecure-registries'] !== undefined && isAtLeast(engineVersion, 29, 10)) {
    unite(settings, 'insecure-registries', ['127.0.0.0/8', '::1/128']);
  }
  unite(settings, 'registry-mirrors', engine.RegistryMirror);
  return { settings: { ...settings, tlsverify: true, tlscacert: paths.ca, tlscert: paths.cert, tlskey: paths.key }, flags };
}

/** `tcp://0.0.0.0:2376`; `[::]` listens on IPv4 as well. */
export function listenAddress(request: Pick<ProvisionRequest, 'port' | 'hostIsIpv6'>): string {
  return `tcp://${request.hostIsIpv6 ? '[::]' : '0.0.0.0'}:${request.port}`;
}

/** The engine's environment variables. @throws TsmachineError FLAG_INVALID for one that is not an assignment */
export function environment(request: ProvisionRequest): readonly string[] {
  for (const assignment of request.engine.Env) {
    if (/^[A-Za-z_]\w*=/.test(assignment)) continue;
    const name = JSON.stringify(assignment.split('=')[0]);
    throw new TsmachineError('FLAG_INVALID', `Engine environment variable ${name} does not have the form NAME=value`);
  }
  return request.engine.Env;
}

/** One label per key, the last one wins: dockerd refuses to start with two. */
function labels(all: readonly string[]): string[] {
  return [...new Map(all.map((label) => [label.split('=')[0], label])).values()];
}

function unite(settings: Settings, key: string, values: readonly string[]): void {
  if (values.length === 0) return;
  const present = settings[key];
  settings[key] = [...new Set<Json>([...(Array.isArray(present) ? present : []), ...values])];
}
