import { TsmachineError } from '../base/errors.js';

/** The newest Engine API that this client is written for: engine 28.3 and later. */
export const newestApi = '1.51';

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
 * @throws TsmachineError ENGINE_API when the engine no longer supports ours.
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
  const { Version, ApiVersion, MinAPIVersion = '1.0', Os = '', Arch = '' } = fields;
  if (typeof Version !== 'string' || typeof ApiVersion !== 'string' || !/^\d+\.\d+$/.test(ApiVersion)) {
    throw new TsmachineError('ENGINE_API', `What answers as the engine of "${machine}" reports no Docker version`, {
      hint: 'Another program may listen on that port.',
    });
  }
  return { ...fields, Version, ApiVersion, MinAPIVersion: String(MinAPIVersion), Os: String(Os), Arch: String(Arch) };
}
