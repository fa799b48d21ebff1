import { TsmachineError } from '../../base/errors.js';
import { isPlainHttp } from '../../base/forms.js';
import { run, say } from '../../base/text.js';
import { distributionOf, supportedSystems } from '../families/table.js';
import { dockerPackages } from '../families/family.js';
import type { HostFacts } from '../look/facts.js';
import type { InstallRequest } from '../request.js';

/** Docker's own install script: any other URL in config.json is a script that the user wants to be run, as in Docker Machine. */
export const defaultInstallUrl = 'https://get.docker.com';

export interface InstallPlan {
  readonly template: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Seconds to wait for another package manager to finish, and for Docker's repository to answer. */
export const lockTimeout = 300;
const probeTimeout = 4;

/** How the engine is installed, also when a configuration of Docker Machine says so by its install URL. */
export function effectiveMode(install: InstallRequest): InstallRequest['mode'] {
  if (install.url.toLowerCase() === 'none') return 'none';
  return install.mode === 'auto' && install.url !== '' && install.url !== defaultInstallUrl ? 'script' : install.mode;
}

/**
 * The script, with its variables, that installs an engine on a host without one. Pure.
 * @throws TsmachineError OS_UNKNOWN; ENGINE_MISSING where nothing may or can be installed;
 * ENGINE_INSTALL where there are no packages for the mode; FLAG_INVALID for the version; ENGINE_INSTALL for a script over plain http
 */
export function planInstall(facts: HostFacts, install: InstallRequest, machine: string): InstallPlan {
  const mode = effectiveMode(install);
  const version = checkedVersion(install.version);
  const distribution = distributionOf(facts.family);
  const name = facts.os.prettyName || facts.os.id || 'an unknown system';
  if (mode === 'none') {
    throw new TsmachineError(
      'ENGINE_MISSING',
      `${machine} (${name}) has no Docker engine, and --engine-install none forbids installing one`,
      {
        hint: 'Install one on the host, or leave out --engine-install none (or the install URL "none")',
      },
    );
  }
  if (mode === 'script') {
    const url = install.url || defaultInstallUrl;
    const insecure = install.insecure === true;
    if (isPlainHttp(url) && !insecure) throw plainScript(url, machine);
    const variables = { URL: url, INSECURE: insecure ? 'yes' : '', VERSION: version, LOCK_TIMEOUT: String(lockTimeout) };
    return { template: 'provision/install-script.sh', variables };
  }
  if (facts.family === 'unknown') {
    const id = facts.os.id || '?';
    throw new TsmachineError('OS_UNKNOWN', `${machine} runs ${name} (ID=${id}), on which tsmachine cannot install an engine`, {
      hint: `Supported: ${supportedSystems()}. On other systems install the engine yourself, or name a script with --engine-install-url`,
    });
  }
  const { packages } = distribution;
  if (!packages) {
    throw new TsmachineError(
      'ENGINE_MISSING',
      `${machine} (${name}) has no Docker engine, and its system offers no packages to install one`,
      {
        hint: 'Use an image of the system that includes the engine',
      },
    );
  }
  const distro = packages.distro(facts.os);
  const docker = packages.docker(facts.os, facts.arch);
  if ((mode === 'distro' && !distro) || (mode === 'docker' && !docker) || (!distro && !docker)) {
    const lack = mode === 'docker' ? 'Docker publishes no packages for' : 'The distribution ships no engine for';
    throw new TsmachineError('ENGINE_INSTALL', `${lack} ${name}`, {
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
      FINGERPRINT: docker?.fingerprint ?? '',
      VERSION: version,
      ALLOW: allowing(install),
      LOCK_TIMEOUT: String(lockTimeout),
      PROBE_TIMEOUT: String(probeTimeout),
    },
  };
}

/** The variable ALLOW of the scripts. */
export function allowing({ allowRemovals }: Pick<InstallRequest, 'allowRemovals'>): string {
  return allowRemovals === true ? 'yes' : '';
}

/** For configurations of Docker Machine and of older versions: `create` refuses such a URL at once. */
function plainScript(url: string, machine: string): TsmachineError {
  return new TsmachineError(
    'ENGINE_INSTALL',
    `The install script of ${machine} would come over plain http (${url}): anybody on the way can change it, and it runs as root`,
    { hint: say`Correct InstallURL in its config.json, or create it again with --engine-install-insecure: ${run('rm', machine)}` },
  );
}

/** A version as a person writes it, without a leading `v`; empty when there is none. @throws TsmachineError FLAG_INVALID */
export function checkedVersion(version: string | undefined): string {
  const plain = version?.replace(/^v/, '') ?? '';
  if (plain === '' || /^\d[0-9A-Za-z.+~-]*$/.test(plain)) return plain;
  throw new TsmachineError('FLAG_INVALID', `Engine version ${JSON.stringify(version)} is not a version`, {
    hint: 'Write it as 28, 28.5 or 28.5.2',
  });
}
