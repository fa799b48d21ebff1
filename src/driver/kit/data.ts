import { TsmachineError } from '../../base/errors.js';
import type { DriverData, FlagValues, ParseInput } from '../contract.js';

interface BaseFields {
  readonly ip?: string;
  readonly sshUser?: string;
  readonly sshPort?: number;
  readonly sshKeyPath?: string;
}

/** The fields with which every `Driver` object begins, in Docker Machine's order (docs/compatibility.md: The `Driver` object). */
export function baseData(input: ParseInput, fields: BaseFields): Record<string, unknown> {
  return {
    IPAddress: fields.ip ?? '',
    MachineName: input.machineName,
    SSHUser: fields.sshUser ?? '',
    SSHPort: fields.sshPort ?? 0,
    SSHKeyPath: fields.sshKeyPath ?? '',
    StorePath: input.storePath,
    SwarmMaster: false,
    SwarmHost: '',
    SwarmDiscovery: '',
  };
}

/** The data with some fields changed; undefined takes a field away. Pure. */
export function patched(data: DriverData, patch: Readonly<Record<string, unknown>>): DriverData {
  return Object.fromEntries(Object.entries({ ...data, ...patch }).filter(([field, value]) => value !== undefined || !(field in patch)));
}

/** A text field of driver data; empty when it is missing. */
export function textOf(data: DriverData, field: string): string {
  const value = data[field];
  return typeof value === 'string' ? value : '';
}

/** A number field of driver data; `otherwise` when it is missing. */
export function numberOf(data: DriverData, field: string, otherwise: number): number {
  const value = data[field];
  return typeof value === 'number' ? value : otherwise;
}

export function textFlag(flags: FlagValues, name: string): string {
  const value = flags[name];
  return typeof value === 'string' ? value : '';
}

export function listFlag(flags: FlagValues, name: string): readonly string[] {
  const value = flags[name];
  return typeof value === 'object' ? value : [];
}

/** @throws TsmachineError FLAG_INVALID when the flag is not a whole number within the bounds. */
export function intFlag(flags: FlagValues, name: string, bounds: { min: number; max: number }): number {
  const value = flags[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < bounds.min || value > bounds.max) {
    throw new TsmachineError(
      'FLAG_INVALID',
      `--${name} must be a whole number from ${bounds.min} to ${bounds.max}, not ${JSON.stringify(value)}`,
    );
  }
  return value;
}

/** @throws TsmachineError FLAG_INVALID for a port outside 1 to 65535. */
export function portFlag(flags: FlagValues, name: string): number {
  return intFlag(flags, name, { min: 1, max: 65_535 });
}
