import { TsmachineError } from '../../base/errors.js';
import { distributionOf, supportedSystems } from '../families/table.js';
import { dockerPackages } from '../families/family.js';
import type { HostFacts } from '../look/facts.js';
import type { InstallRequest } from '../request.js';

/** Docker's own URL: anything else in config.json is a script the user wants run, as Docker Machine did. */
export const defaultInstallUrl = 'https://get.docker.com';

/** Fingerprints of the keys that sign Docker's packages (docs.docker.com/engine/install). */
const debFingerprint = '9DC858229FC7DD38854AE2D88D81803C0EBFCD88';
const rpmFingerprint = '060A61C51B558A7F742B77AAC52FEB6B621E9F35';

export interface InstallPlan {
  readonly template: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Seconds to wait for another package manager, and for Docker's repository to answer. */
export const lockTimeout = 300;
const probeTimeout = 4;

/** The way an engine is installed, old configurations' install URLs understood. */
export function effectiveMode(install: InstallRequest): InstallRequest['mode'] {
  if (install.url.toLowerCase() === 'none') return 'none';
  return install.mode === 'auto' && install.url !== '' && install.url !== defaultInstallUrl ? 'script' : install.mode;
}

/**
 * The script and its variables that put an engine on a host without one. Pure.
 * @throws TsmachineError OS_UNKNOWN, ENGINE_MISSING where nothing may or can be installed,
 * ENGINE_INSTALL where the mode has no packages, FLAG_INVALID
 */
export function planInstall(facts: HostFacts, install: InstallRequest, machine: string): InstallPlan {
  const mode = effectiveMode(install);
  const version = checkedVersion(install.version);
  const distribution = distributionOf(facts.family);
  const name = facts.os.prettyName || facts.os.id || 'an unknown system';
  if (mode === 'none') {
    throw new TsmachineError('ENGINE_MISSING', `${machine} (${name}) has no Docker engine, and none is to be installed`, {
      hint: 'Install one on the host, or leave out --engine-install none',
    });
  }
  if (mode === 'script') {
    const url = install.url || defaultInstallUrl;
    return { template: 'provision/install-script.sh', variables: { URL: url, VERSION: version, LOCK_TIMEOUT: String(lockTimeout) } };
  }
  if (facts.family === 'unknown') {
    const id = facts.os.id || '?';
    throw new TsmachineError('OS_UNKNOWN', `${machine} runs ${name} (ID=${id}), which tsmachine cannot install an engine on`, {
      hint: `Supported: ${supportedSystems()}. On other systems install the engine yourself, or name a script with --engine-install-url`,
    });
  }
  const { packages } = distribution;
  if (!packages) {
    throw new TsmachineError('ENGINE_MISSING', `${machine} (${name}) has no Docker engine, and its system has no packages for one`, {
      hint: 'Use an image of it that has the engine',
    });
  }
  const distro = packages.distro(facts.os);
  const docker = packages.docker(facts.os, facts.arch);
  if ((mode === 'distro' && !distro) || (mode === 'docker' && !docker) || (!distro && !docker)) {
    const lack = mode === 'docker' ? 'Docker makes no packages' : 'The distribution has no engine of its own';
    throw new TsmachineError('ENGINE_INSTALL', `${lack} for ${name}`, {
      hint: `Use --engine-install ${mode === 'docker' ? 'distro' : 'docker'}`,
    });
  }
  return {
    template: packages.template,
    variables: {
      MODE: mode,
      SYSTEM: facts.os.id,
      SYSTEM_VERSION: facts.os.versionId,
      PACKAGES: distro?.packages.join(' ') ?? '',
      OPTIONAL: distro?.optional?.join(' ') ?? '',
      DOCKER_PACKAGES: dockerPackages.join(' '),
      REPOSITORY: docker?.url ?? '',
      RELEASE: docker?.release ?? '',
      FINGERPRINT: facts.family === 'debian' ? debFingerprint : rpmFingerprint,
      VERSION: version,
      LOCK_TIMEOUT: String(lockTimeout),
      PROBE_TIMEOUT: String(probeTimeout),
    },
  };
}

/** A version as a person writes it, or empty. @throws TsmachineError FLAG_INVALID */
export function checkedVersion(version: string | undefined): string {
  const plain = version?.replace(/^v/, '') ?? '';
  if (plain === '' || /^\d[0-9A-Za-z.+~-]*$/.test(plain)) return plain;
  throw new TsmachineError('FLAG_INVALID', `Engine version ${JSON.stringify(version)} is not a version`, {
    hint: 'Write it as 28, 28.5 or 28.5.2',
  });
}
