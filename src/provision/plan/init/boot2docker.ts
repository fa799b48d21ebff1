import { quote } from '../../../base/quote.js';
import type { HostFacts } from '../../look/facts.js';
import type { ProvisionRequest } from '../../request.js';
import type { StartPlan } from '../start.js';
import { environment, listenAddress } from '../settings/wanted.js';

const folder = '/var/lib/boot2docker';

/**
 * boot2docker: the settings are a file of shell variables, there is no daemon.json. Unlike in Docker Machine, values may contain
 * spaces and quotes, and no storage driver is forced (see docs/compatibility.md: Provisioning).
 */
export function planBoot2docker(facts: HostFacts, request: ProvisionRequest): StartPlan {
  const { engine } = request;
  const certificates = { ca: `${folder}/ca.pem`, cert: `${folder}/server.pem`, key: `${folder}/server-key.pem` };
  const options = [
    ...[...engine.Labels, ...request.labels].map((label) => `--label ${label}`),
    ...engine.InsecureRegistry.map((registry) => `--insecure-registry ${registry}`),
    ...engine.RegistryMirror.map((mirror) => `--registry-mirror ${mirror}`),
    ...engine.ArbitraryFlags.map((flag) => `--${flag}`),
  ];
  const text = [
    '',
    `EXTRA_ARGS=${quote(`\n${options.join('\n')}\n\n`)}`,
    `CACERT=${certificates.ca}`,
    `DOCKER_HOST='-H ${listenAddress(request)}'`,
    ...(engine.StorageDriver === '' ? [] : [`DOCKER_STORAGE=${quote(engine.StorageDriver)}`]),
    'DOCKER_TLS=auto',
    `SERVERKEY=${certificates.key}`,
    `SERVERCERT=${certificates.cert}`,
    '',
    ...environment(request).map((assignment) => `export ${quote(assignment)}`),
    '',
  ].join('\n');
  return {
    init: 'boot2docker',
    certificates,
    override: { path: `${folder}/profile`, text },
    presentOverride: facts.service.profile,
    socket: '/var/run/docker.sock',
  };
}
