#!/usr/bin/env node
/**
 * `npm run quickstart`: from a fresh clone to a swarm of three machines on this computer with a service on it.
 * Run again, it continues with what is already there.
 */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { ensureDebianPackages, forHosts, installCommand } from './debian.mjs';
import { ensureNpmPackages } from './test/packages.mjs';

const root = join(import.meta.dirname, '..');
const machines = ['manager1', 'worker1', 'worker2'];
const file = 'examples/quickstart.yaml';
const image = 'quickstart/busybox:1';
const replicas = 3;
const packages = { ...forHosts, busybox: 'busybox-static' };

await main();

async function main() {
  heading('npm packages and build');
  if (!(await ensureNpmPackages(root))) return stop('The npm packages could not be installed; npm said why above.');
  if (run(process.execPath, ['scripts/build.mjs']).status !== 0) return stop('The build failed.');

  heading('Debian packages');
  if (process.platform !== 'linux') {
    return stop(
      `The quickstart makes machines on this computer, which needs Linux; this is ${process.platform}.\n` +
        'The other drivers work here: see "Drivers" in README.md, for example ./bin/run.js create -d virtualbox --help',
    );
  }
  const missing = await ensureDebianPackages(packages);
  if (missing.length > 0)
    return stop(`Machines on this computer need these programs. Install them, then run this again:\n  ${installCommand(missing)}`);
  if (process.getuid() !== 0) return stop('Machines on this computer need root:\n  sudo npm run quickstart');
  console.log('All packages are installed.');

  heading(`tsmachine swarm up -f ${file}`);
  if (tsmachine('swarm', 'up', '-f', file) !== 0)
    return stop('Run this again to continue, or clean up:\n  ./bin/run.js swarm down -y quickstart');

  heading('tsmachine swarm nodes');
  tsmachine('swarm', 'nodes', 'quickstart');

  heading(`a service of ${replicas} replicas`);
  await runService();

  heading('what next');
  const { defaultStorePath } = await openLibrary();
  console.log(
    [
      'The tool is ./bin/run.js (npm link makes it `tsmachine`):',
      '',
      '  eval $(./bin/run.js env manager1)    # points a docker client at the swarm',
      '  docker service scale hello=5         # if this computer has a docker client',
      '  ./bin/run.js swarm status            # the state of the swarm',
      '  ./bin/run.js ssh worker1             # a shell on a machine',
      '  ./bin/run.js create --help           # more drivers and flags',
      '',
      'To remove every machine, and the cached root file system:',
      '',
      '  ./bin/run.js swarm down -y quickstart',
      `  rm -rf ${join(defaultStorePath(), 'cache')}`,
    ].join('\n'),
  );
}

/** Uses the Engine API over mutual TLS, so that neither a docker client nor a registry is needed. */
async function runService() {
  const library = await openLibrary();
  const session = library.openSession({ signal: AbortSignal.timeout(120_000) });
  const engines = await Promise.all(machines.map((name) => library.openEngine(session, name)));
  try {
    await giveImage(engines, library);
    const [manager] = engines;
    const there = await manager.find('/services/hello');
    const { ID: service } =
      there ??
      (await manager.request('POST', '/services/create', {
        body: {
          Name: 'hello',
          TaskTemplate: { ContainerSpec: { Image: image, Command: ['sh', '-c', 'echo "Hello from $(hostname)"; exec sleep 1000000'] } },
          Mode: { Replicated: { Replicas: replicas } },
        },
      }));
    const running = await converged(manager, service, session.signal);
    const nodes = new Map((await manager.request('GET', '/nodes')).map(({ ID, Description: { Hostname } }) => [ID, Hostname]));
    for (const { Slot, NodeID } of running) console.log(`hello.${Slot} runs on ${nodes.get(NodeID)}`);
  } finally {
    for (const engine of engines) engine.close();
  }
}

/** Puts this computer's static busybox on every machine as an image, so that the swarm need not pull one from a registry. */
async function giveImage(engines, { importImage }) {
  const { pack } = await import('tar-fs');
  const dir = await mkdtemp(join(tmpdir(), 'tsmachine-quickstart-'));
  try {
    await mkdir(join(dir, 'bin'));
    await copyFile('/bin/busybox', join(dir, 'bin', 'busybox'));
    for (const applet of ['sh', 'hostname', 'sleep']) await symlink('busybox', join(dir, 'bin', applet));
    await Promise.all(engines.map((engine) => importImage(engine, Readable.from(pack(dir)), image)));
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** The tasks of a service, when as many run as are wanted. */
async function converged(manager, service, signal) {
  for (;;) {
    const tasks = await manager.request('GET', '/tasks', {
      query: { filters: JSON.stringify({ service: [service], 'desired-state': ['running'] }) },
    });
    const running = tasks.filter(({ Status }) => Status.State === 'running').sort((a, b) => a.Slot - b.Slot);
    if (running.length >= replicas) return running;
    await sleep(300, undefined, { signal });
  }
}

/** The package under its own name, as any program imports it. There is nothing to import before the build. */
function openLibrary() {
  return import('tsmachine');
}

function tsmachine(...args) {
  return run(process.execPath, ['bin/run.js', ...args]).status;
}

function run(file, args, stdio = 'inherit') {
  return spawnSync(file, args, { cwd: root, stdio });
}

function heading(text) {
  console.log(`\n== ${text}`);
}

function stop(text) {
  console.log(`\n${text}`);
  process.exitCode = 1;
}
