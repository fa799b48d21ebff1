import { TsmachineError } from '../base/errors.js';
import { run } from '../base/text.js';

/** The newest Engine API that this client is written for: engine 28.3 and later. */
export const newestApi = '1.51';

/** The oldest with swarm mode: engine 1.12. */
const oldestApi = '1.24';

/** The answer of `GET /version`. */
export interface EngineVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion: string;
  readonly Os: string;
  readonly Arch: string;
  readonly [field: string]: unknown;
}

/**
 * The API version to use: the highest that both sides support.
 * @throws TsmachineError ENGINE_API when the engine no longer supports ours, or only older ones.
 */
export function negotiateApi(server: EngineVersion, machine: string, own = newestApi): string {
  if (compareApi(own, server.MinAPIVersion) < 0) {
    throw new TsmachineError(
      'ENGINE_API',
      `The engine of "${machine}" (${server.Version}) requires API ${server.MinAPIVersion} or later; tsmachine supports up to ${own}`,
      {
        hint: 'Update tsmachine.',
      },
    );
  }
  if (compareApi(server.ApiVersion, oldestApi) < 0) {
    throw new TsmachineError(
      'ENGINE_API',
      `The engine of "${machine}" (${server.Version}) speaks API up to ${server.ApiVersion}; ${oldestApi} or later is needed`,
      { hint: run('upgrade', machine) },
    );
  }
  return compareApi(own, server.ApiVersion) < 0 ? own : server.ApiVersion;
}

/** Negative, zero or positive, as numbers: 1.9 is older than 1.10. */
export function compareApi(one: string, other: string): number {
  const [major = 0, minor = 0] = one.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major - otherMajor || minor - otherMinor;
}

/**
 * Checks an engine's answer to `GET /version`; engines before 1.13 report no minimum API version.
 * @throws TsmachineError ENGINE_API when the answer is not that of a Docker engine.
 */
export function parseEngineVersion(answer: unknown, machine: string): EngineVersion {
  const fields: Readonly<Record<string, unknown>> = typeof answer === 'object' && answer !== null ? { ...answer } : {};
  const { Version, ApiVersion, Os, Arch } = fields;
  const MinAPIVersion = fields['MinAPIVersion'] ?? '1.0';
  if (!isWord(Version) || !isApi(ApiVersion) || !isApi(MinAPIVersion)) throw notAnEngine(machine, 'reports no Docker version');
  return { ...fields, Version, ApiVersion, MinAPIVersion, Os: isWord(Os) ? Os : '', Arch: isWord(Arch) ? Arch : '' };
}

/** The error for something that answers where an engine should. */
export function notAnEngine(machine: string, why = 'does not answer as one'): TsmachineError {
  return new TsmachineError('ENGINE_API', `What answers as the engine of "${machine}" ${why}`, {
    hint: 'Another program may listen on that port.',
  });
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]{1,100}$/.test(value);
}

function isApi(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,4}\.\d{1,4}$/.test(value);
}
