import * as Flags from '@oclif/core/flags';

import { TsmachineError } from '../../base/errors.js';
import { goBool } from '../../base/flags.js';

/** The flags of spec 1.2. They stand before the command or after it; help lists them once, in the global help. */
export const globalFlags = {
  debug: Flags.boolean({ char: 'D', description: 'Enable debug mode' }),
  'storage-path': Flags.string({ char: 's', description: 'Configures storage path [$MACHINE_STORAGE_PATH]' }),
  'tls-ca-cert': Flags.string({ description: 'CA to verify remotes against [$MACHINE_TLS_CA_CERT]' }),
  'tls-ca-key': Flags.string({ description: 'Private key to generate certificates [$MACHINE_TLS_CA_KEY]' }),
  'tls-client-cert': Flags.string({ description: 'Client cert to use for TLS [$MACHINE_TLS_CLIENT_CERT]' }),
  'tls-client-key': Flags.string({ description: 'Private key used in client TLS auth [$MACHINE_TLS_CLIENT_KEY]' }),
  'github-api-token': Flags.string({ description: 'Token to use for requests to the Github API [$MACHINE_GITHUB_API_TOKEN]' }),
  'native-ssh': Flags.boolean({ description: 'Use the built-in SSH client [$MACHINE_NATIVE_SSH]' }),
  'bugsnag-api-token': Flags.string({ description: 'Accepted for old scripts; nothing is ever sent' }),
};

export interface GlobalValues {
  /** Undefined: the default path, found only by commands that open the store. */
  readonly storagePath: string | undefined;
  readonly nativeSsh: boolean;
  readonly githubToken: string;
  readonly tls: { readonly caCert?: string; readonly caKey?: string; readonly clientCert?: string; readonly clientKey?: string };
}

/** The part of a parsed command line that `globalFlags` made. */
export interface GlobalFlagValues {
  readonly 'storage-path'?: string | undefined;
  readonly 'tls-ca-cert'?: string | undefined;
  readonly 'tls-ca-key'?: string | undefined;
  readonly 'tls-client-cert'?: string | undefined;
  readonly 'tls-client-key'?: string | undefined;
  readonly 'native-ssh'?: boolean | undefined;
  readonly 'github-api-token'?: string | undefined;
}

/** Flags first, then the environment. An unreadable MACHINE_NATIVE_SSH counts as false, as in Docker Machine. */
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
    githubToken: pick(flags['github-api-token'], 'MACHINE_GITHUB_API_TOKEN'),
    nativeSsh: flags['native-ssh'] === true || goBool(env['MACHINE_NATIVE_SSH'] ?? '') === true,
    tls: Object.fromEntries(Object.entries(tls).filter(([, path]) => path !== '')),
  };
}

/**
 * `-D`, `--debug` or `-debug` anywhere on the line; a MACHINE_DEBUG that is set overrides it (spec 1.1).
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
