import type { Target } from '../target.js';
import { archives, tarStream } from './archives.js';
import { config } from './config.js';
import { engine } from './engine.js';
import { gob } from './gob.js';
import { osRelease, settings } from './host.js';
import { records } from './records.js';
import { knownHosts, sshConfig } from './ssh.js';
import { swarmFile } from './swarm-file.js';
import { template } from './template.js';
import { userData } from './user-data.js';

export const targets: readonly Target[] = [
  ...[config, records, swarmFile, template, knownHosts, sshConfig, engine, osRelease, settings, userData, archives, tarStream, gob],
];
