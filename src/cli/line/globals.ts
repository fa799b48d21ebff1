import * as Flags from '@oclif/core/flags';

import { TsmachineError } from '../../base/errors.js';
import { goBool } from '../../base/flags.js';

/** The flags that every command takes, before or after its name. Only the global help lists them. */
export const globalFlags = {
  debug: Flags.boolean({ char: 'D', description: 'Enable debug mode' }),
  'storage-path': Flags.string({ char: 's', description: 'Folder of the store [$MACHINE_STORAGE_PATH]' }),
  'driver-path': Flags.string({ description: 'Folders of driver packages, separated as in PATH [$TSMACHINE_DRIVER_PATH]' }),
  'tls-ca-cert': Flags.string({ description: 'CA certificate that verifies the machines [$MACHINE_TLS_CA_CERT]' }),
  'tls-ca-key': Flags.string({ description: 'CA key that signs certificates [$MACHINE_TLS_CA_KEY]' }),
  'tls-client-cert': Flags.string({ description: 'Client certificate for TLS [$MACHINE_TLS_CLIENT_CERT]' }),
  'tls-client-key': Flags.string({ description: 'Client key for TLS [$MACHINE_TLS_CLIENT_KEY]' }),
  'github-api-token': Flags.string({ description: 'Token for requests to the GitHub API [$MACHINE_GITHUB_API_TOKEN]' }),
  'native-ssh': Flags.boolean({ description: 'Use the built-in SSH client [$MACHINE_NATIVE_SSH]' }),
  'bugsnag-api-token': Flags.string({ description: 'Accepted for old scripts; nothing is ever sent' }),
};

/** The global flags and their environment variables, resolved. */
export interface GlobalValues {
  /** Undefined for the default path, which only commands that open the store look up. */
  readonly storagePath: string | undefined;
  /** Undefined for none. */
  readonly driverPath: string | undefined;
  readonly nativeSsh: boolean;
  readonly githubToken: string;
  readonly tls: { readonly caCert?: string; readonly caKey?: string; readonly clientCert?: string; readonly clientKey?: string };
}

/** The values of `globalFlags` in a parsed command line. */
export interface GlobalFlagValues {
  readonly 'storage-path'?: string | undefined;
  readonly 'driver-path'?: string | undefined;
  readonly 'tls-ca-cert'?: string | undefined;
  readonly 'tls-ca-key'?: string | undefined;
  readonly 'tls-client-cert'?: string | undefined;
  readonly 'tls-client-key'?: string | undefined;
  readonly 'native-ssh'?: boolean | undefined;
  readonly 'github-api-token'?: string | undefined;
}

/** Resolves the global flags: a flag overrides its variable. An invalid MACHINE_NATIVE_SSH means false, as in Docker Machine. */
export function resolveGlobals(flags: GlobalFlagValues, env: NodeJS.ProcessEnv): GlobalValues {
  const pick = (flag: string | undefined, variable: string) => flag ?? env[variable] ?? '';
  const tls = {
    caCert: pick(flags['tls-ca-cert'], 'MACHINE_TLS_CA_CERT'),
    caKey: pick(flags['tls-ca-key'], 'MACHINE_TLS_CA_KEY'),
    clientCert: pick(flags['tls-client-cert'], 'MACHINE_TLS_CLIENT_CERT'),
    clientKey: pick(flags['tls-client-key'], 'MACHINE_TLS_CLIENT_KEY'),
  };
  const storagePath = pick(flags['storage-path'], 'MACHINE_STORAGE_PATH');
  return {
    storagePath: storagePath === '' ? undefined : storagePath,
    driverPath: pick(flags['driver-path'], 'TSMACHINE_DRIVER_PATH') || undefined,
    githubToken: pick(flags['github-api-token'], 'MACHINE_GITHUB_API_TOKEN'),
    nativeSsh: flags['native-ssh'] === true || goBool(env['MACHINE_NATIVE_SSH'] ?? '') === true,
    tls: Object.fromEntries(Object.entries(tls).filter(([, path]) => path !== '')),
  };
}

/**
 * Whether to show debug messages: `-D`, `--debug` or `-debug` anywhere on the line. MACHINE_DEBUG overrides it, as in Docker Machine.
 * @throws TsmachineError USAGE (exit 1, as in Docker Machine) when MACHINE_DEBUG is not a boolean
 */
export function debugWanted(argv: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const text = env['MACHINE_DEBUG'] ?? '';
  if (text === '') return argv.some((word) => word === '-D' || word === '--debug' || word === '-debug');
  const value = goBool(text);
  if (value !== undefined) return value;
  const quoted = JSON.stringify(text);
  const reason = `strconv.ParseBool: parsing ${quoted}: invalid syntax`;
  throw new TsmachineError('USAGE', `Error parsing boolean value from MACHINE_DEBUG: ${reason}`, {
    exit: 1,
    hint: 'Set MACHINE_DEBUG to true or false, or unset it',
  });
}
