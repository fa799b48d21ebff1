import type { Settings } from './settings/merge.js';
import type { CertificatePaths } from '../request.js';

export interface PlannedFile {
  readonly path: string;
  readonly text: string;
}

/** What one way of starting the engine makes of a request. */
export interface StartPlan {
  readonly init: 'systemd' | 'openrc' | 'boot2docker';
  readonly certificates: CertificatePaths;
  /** The whole daemon.json; absent where the engine takes its settings otherwise. */
  readonly settings?: Settings;
  /** The file besides daemon.json: it frees the engine's command line of what daemon.json says. */
  readonly override: PlannedFile;
  /** That file as it is now; empty when there is none. */
  readonly presentOverride: string;
  /** The local socket the engine will listen on; empty when it has none. */
  readonly socket: string;
}

export const standardCertificates: CertificatePaths = {
  ca: '/etc/docker/ca.pem',
  cert: '/etc/docker/server.pem',
  key: '/etc/docker/server-key.pem',
};
