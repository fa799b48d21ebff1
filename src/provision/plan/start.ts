import type { Settings } from './settings/merge.js';
import type { CertificatePaths } from '../request.js';

export interface PlannedFile {
  readonly path: string;
  readonly text: string;
}

/** The configuration of the engine for one init system. */
export interface StartPlan {
  readonly init: 'systemd' | 'openrc' | 'boot2docker';
  readonly certificates: CertificatePaths;
  /** The whole daemon.json; absent where the engine's settings are elsewhere. */
  readonly settings?: Settings;
  /** The second file: it removes from the engine's command line what daemon.json sets. */
  readonly override: PlannedFile;
  /** That file as it is now; empty when there is none. */
  readonly presentOverride: string;
  /** The local socket that the engine will listen on; empty when it has none. */
  readonly socket: string;
}

export const standardCertificates: CertificatePaths = {
  ca: '/etc/docker/ca.pem',
  cert: '/etc/docker/server.pem',
  key: '/etc/docker/server-key.pem',
};
