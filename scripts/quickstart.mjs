#!/usr/bin/env node
/**
 * `npm run quickstart`: from a fresh clone to three Docker hosts on this computer and a container on one of them.
 * Run again it picks up what is there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { ensureDebianPackages, forHosts, installCommand } from './debian.mjs';
import { ensureNpmPackages } from './test/packages.mjs';

const root = join(import.meta.dirname, '..');
const machines = ['manager1', 'worker1', 'worker2'];
const image = 'quickstart/busybox:1';
const packages = { ...forHosts, busybox: 'busybox-static' };

await main();

async function main() {
  heading('npm packages and build');
  if (!await ensureNpmPackages(root)) return stop('The npm packages could not be installed; npm said why above.');
  if (run(process.execPath, ['scripts/build.mjs']).status !== 0) return stop('The build failed.');

  heading('Debian packages');
  if (process.platform !== 'linux') {
    return stop(`Local machines need Linux; this is ${process.platform}.\nEverything else works: see "Drivers" in README.md, for example ./bin/run.js create -d generic --help`);
  }
  const missing = await ensureDebianPackages(packages);
  if (missing.length > 0) return stop(`Local machines need these programs. Install them, then run this again:\n  ${installCommand(missing)}`);
  if (process.getuid() !== 0) return stop('Local machines need root:\n  sudo npm run quickstart');
  console.log('all there');

  heading(`tsmachine create -d nspawn ${machines.join(' ')}`);
  const there = new Set(ask('ls', '-q').split('\n'));
  const wanted = machines.filter((name) => !there.has(name) || existsSync(join(machineDir(name), 'journal.json')));
  if (wanted.length === 0) console.log('they are there already');
  else if (tsmachine('create', '-d', 'nspawn', ...wanted) !== 0) return stop('Run this again to continue, or clean up:\n  ./bin/run.js rm -y ' + machines.join(' '));
  const stopped = machines.filter((name) => ask('status', name).trim() === 'Stopped');
  if (stopped.length > 0) tsmachine('start', ...stopped);

  heading('tsmachine ls');
  tsmachine('ls');

  heading('a container on manager1');
  await runContainerOn('manager1');

  heading('what now');
  console.log([
    'The tool is ./bin/run.js (npm link makes it `tsmachine`):',
    '',
    '  ./bin/run.js ssh worker1             # a shell on a machine',
    '  eval $(./bin/run.js env manager1)    # then docker talks to manager1',
    '  ./bin/run.js create --help           # more drivers and flags',
    '',
    'To clean up: every machine with all that belongs to it, and the cached root file system:',
    '',
    `  ./bin/run.js rm -y ${machines.join(' ')}`,
    `  rm -rf ${join(storePath(), 'cache')}`,
  ].join('\n'));
}

/** Through the Engine API over mutual TLS, so that no docker client is needed here; no registry either. */
async function runContainerOn(name) {
  const lib = (path) => import(join(root, 'dist', 'src', path));
  const [{ openSession }, { openMachine }, { openMachineEngine }, { silentIo }, { importImage, runContainer }, { pack }] = await Promise.all([
    lib('core/session.js'), lib('core/machine.js'), lib('core/docker.js'), lib('core/io.js'), lib('docker/containers.js'), import('tar-fs'),
  ]);
  const session = openSession({ storePath: storePath(), io: silentIo, signal: AbortSignal.timeout(120_000) });
  const engine = await openMachineEngine(session, await openMachine(session, name));
  const dir = await mkdtemp(join(tmpdir(), 'tsmachine-quickstart-'));
  try {
    await mkdir(join(dir, 'bin'));
    await copyFile('/bin/busybox', join(dir, 'bin', 'busybox'));
    for (const applet of ['sh', 'uname', 'echo']) await symlink('busybox', join(dir, 'bin', applet));
    await importImage(engine, Readable.from(pack(dir)), image);
    const { stdout, exitCode } = await runContainer(engine, {
      image, cmd: ['sh', '-c', `echo "Hello from a container on ${name}, engine ${(await engine.version()).Version}, $(uname -sr)"`],
    });
    process.stdout.write(stdout);
    if (exitCode !== 0) process.exitCode = 1;
  } finally {
    engine.close();
    await rm(dir, { recursive: true });
  }
}

function storePath() {
  return process.env.MACHINE_STORAGE_PATH || join(process.env.HOME ?? '/root', '.docker', 'machine');
}

function machineDir(name) {
  return join(storePath(), 'machines', name);
}

function tsmachine(...args) {
  return run(process.execPath, ['bin/run.js', ...args]).status;
}

function ask(...args) {
  return run(process.execPath, ['bin/run.js', ...args], ['ignore', 'pipe', 'inherit']).stdout.toString();
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
