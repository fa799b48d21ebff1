/**
 * `npm run bench`: every timing the project promises, as one table from one run.
 * DOCKER_MACHINE_BIN=path adds the same work done by Docker Machine.
 */
import { readFileSync } from 'node:fs';

import { azure } from './azure.js';
import { clouds } from './cloud.js';
import { copies } from './copy.js';
import { google } from './google.js';
import { hosts } from './hosts.js';
import { list } from './list.js';
import { plugins } from './plugins.js';
import { reach } from './reach.js';
import { computer, print, type Row } from './report.js';
import { startup } from './startup.js';
import { swarms } from './swarm.js';

const dockerMachine = process.env['DOCKER_MACHINE_BIN'];
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

const rows: Row[] = [
  ...(await startup(dockerMachine)),
  ...(await reach()),
  ...(await list(dockerMachine)),
  ...(await plugins()),
  ...(await clouds()),
  ...(await google()),
  ...(await azure()),
  ...(await copies()),
];
const canRunHosts = process.platform === 'linux' && process.getuid?.() === 0;
rows.push(...(await swarms(canRunHosts)));
if (canRunHosts) {
  rows.push(...(await hosts(dockerMachine)));
} else {
  console.log('Creates are not measured: hosts of systemd-nspawn need root on Linux.');
}
console.log(`tsmachine ${version} on ${computer()}, ${new Date().toISOString().slice(0, 10)}\n`);
print(rows, dockerMachine !== undefined);
process.exitCode = rows.every((row) => row.held) ? 0 : 1;
