#!/usr/bin/env node
/**
 * `npm test [-- SUITE...] [-- MOCHA OPTIONS]`: runs all tests from a fresh clone, with no step before it. The suites are unit, integration,
 * e2e, compat, faults and hostile; without a name, all of them run, after build, lint, format and type check. `npm test -- unit --grep
 * journal` runs a part of one suite. Of faults and hostile a run of everything takes a sample, always the same; TSMACHINE_SEED takes another
 * one. Two suites run only by name: virtualbox runs every command line of that driver through a real VBoxManage, which is fetched on the
 * first run (a few minutes). guest runs that driver's guests as real virtual machines with QEMU, from a cloud image that is made on the
 * first run (a few minutes; without KVM each machine takes longer).
 *
 * The last line is `N passed, N failed, N skipped`. A build, lint or type error counts as one failure, and so does a suite that crashes,
 * hangs or finds no test.
 *
 * TSMACHINE_TEST_CACHE: the folder where end-to-end tests keep root file systems between runs (default ~/.cache/tsmachine-test).
 */
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';

import { ensureDebianPackages, forGuests, forTests, installCommand } from './debian.mjs';
import { ensureNpmPackages } from './test/packages.mjs';
import { endInOrder, runVisibly, wasInterrupted } from './test/processes.mjs';

const root = join(import.meta.dirname, '..');
const minutes = 60_000;
const suites = {
  unit: { timeout: 5 * minutes, each: 20_000, coverage: true, lanes: 2 },
  integration: {
    timeout: 28 * minutes,
    each: 60_000,
    built: true,
    system: true,
    // these wait for a server or a stand-in of their own, and touch nothing else of the computer
    beside: /^(amazonec2|azure|go-rpc|google|hyperv)\b/,
  },
  e2e: {
    timeout: 40 * minutes,
    each: 10 * minutes,
    built: true,
    system: true,
    lanes: 2, // most of the time is spent waiting for hosts
    // These compare the whole computer before and after, need an address that no other test takes, or count seconds.
    alone: /^(address|failures|gc|machines|nspawn|resume|swarm-recover)\./,
  },
  compat: { timeout: 10 * minutes, each: 60_000, built: true, system: true },
  // a sample of it in a run of everything, the whole of it by its name
  faults: { timeout: 90 * minutes, each: 60 * minutes, built: true, system: true },
  hostile: { timeout: 60 * minutes, each: 45 * minutes, system: true },
  virtualbox: { timeout: 40 * minutes, each: 3 * minutes, system: true, onlyByName: true },
  guest: { timeout: 90 * minutes, each: 20 * minutes, built: true, system: true, packages: forGuests, onlyByName: true },
};

const words = process.argv.slice(2);
const cut = words.findIndex((word) => !Object.hasOwn(suites, word));
const named = cut < 0 ? words : words.slice(0, cut);
const mochaOptions = cut < 0 ? [] : words.slice(cut).filter((word) => word !== '--');
const wanted = named.length > 0 ? named : Object.keys(suites).filter((name) => !suites[name].onlyByName);

const total = { passed: 0, failed: [], skipped: [] };
const remarks = [];
const scratch = mkdtempSync(join(tmpdir(), 'tsmachine-test-'));
if (named.includes('faults')) process.env.TSMACHINE_FAULTS ??= 'all';
if (named.includes('hostile')) process.env.TSMACHINE_HOSTILE ??= 'all';
process.env.TSMACHINE_TEST_CACHE ??= join(homedir(), '.cache', 'tsmachine-test');

endInOrder();
try {
  await runAll();
} catch (error) {
  total.failed.push(`scripts/test.mjs: ${error.stack}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
report();

async function runAll() {
  if (!(await check('npm packages', () => ensureNpmPackages(root)))) return;
  const everything = named.length === 0 && mochaOptions.length === 0;
  const built = !wanted.some((name) => suites[name].built) || (await check('build', () => node('scripts/build.mjs')));
  if (everything) {
    await check('lint', () => node('node_modules/eslint/bin/eslint.js', '.'));
    await check('format', () => node('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'));
    await check('types', () => node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'));
  }
  if (wanted.some((name) => suites[name].system))
    await systemPackages({ ...forTests, ...Object.assign({}, ...wanted.map((name) => suites[name].packages)) });
  for (const name of wanted) {
    if (wasInterrupted()) total.failed.push(`${name}: not run, interrupted`);
    else if (suites[name].built && !built) total.failed.push(`${name}: not run, the build failed`);
    else await runSuite(name);
  }
  if (mochaOptions.length > 0 && total.passed + total.failed.length + total.skipped.length === 0) {
    total.failed.push(`no test matches ${mochaOptions.join(' ')}`);
  }
}

/** A step that is not a test: it counts as one failure if it fails, and does not count if it succeeds. */
async function check(name, work) {
  if (wasInterrupted()) return false;
  heading(name);
  const started = performance.now();
  const good = await work();
  if (good) console.log(`${name}: good (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  else total.failed.push(name);
  return good;
}

async function node(...args) {
  return (await runVisibly(process.execPath, args, { cwd: root, timeout: 10 * minutes })) === 0;
}

async function systemPackages(needed) {
  const missing = await ensureDebianPackages(needed);
  if (missing.length === 0) return;
  remarks.push(`Tests that need these programs are skipped; to run them: ${installCommand(missing)}`);
  console.log(remarks.at(-1));
}

async function runSuite(name) {
  heading(`${name} tests`);
  const files = testFiles(join(root, 'test', name));
  if (files.length === 0) {
    console.log(`test/${name} holds no tests yet`);
    return;
  }
  const covered = suites[name].coverage && mochaOptions.length === 0;
  const env = covered ? { NODE_V8_COVERAGE: freshCoverage() } : {};
  // what this computer remembers of its real stores is not for tests, nor what one suite's tests deleted for the next suite
  process.env.TSMACHINE_STATE_DIR = join(scratch, `state-${name}`);
  const started = performance.now();
  for (const lanes of lanesOf(name, files)) {
    if (wasInterrupted()) return;
    await Promise.all(lanes.map((lane, i) => runLane(name, lane, { env, hidden: i > 0 })));
  }
  console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (covered && !wasInterrupted()) await node('node_modules/c8/bin/c8.js', 'report');
}

/** Groups that run one after the other; the lanes of a group run at the same time. A part of a suite runs in one lane. */
function lanesOf(name, files) {
  const { alone, beside, lanes = 1 } = suites[name];
  if (mochaOptions.length > 0) return [[files]];
  const first = files.filter((file) => alone?.test(basename(file)));
  const second = files.filter((file) => beside?.test(relative(join(root, 'test', name), file)));
  const others = files.filter((file) => !first.includes(file) && !second.includes(file));
  const shared = Array.from({ length: lanes }, (_, lane) => others.filter((_, i) => i % lanes === lane));
  return [[first], [...shared, second]].map((group) => group.filter((lane) => lane.length > 0));
}

/** @param options.hidden what it prints is shown once it has ended */
async function runLane(name, files, { env, hidden }) {
  const { timeout, each } = suites[name];
  const record = join(scratch, `${name}-${basename(files[0])}.jsonl`);
  const mocha = [
    'node_modules/mocha/bin/mocha.js',
    '--no-config',
    '--forbid-only',
    '--timeout',
    String(each),
    '--reporter',
    'scripts/test/reporter.cjs',
  ];
  const log = hidden ? join(scratch, `${name}-${basename(files[0])}.log`) : undefined;
  const out = log === undefined ? undefined : openSync(log, 'w');
  const status = await runVisibly(process.execPath, ['--import', 'tsx', ...mocha, ...mochaOptions, ...files], {
    cwd: root,
    env: { ...process.env, ...env, TSMACHINE_TEST_RECORD: record },
    timeout,
    ...(out === undefined ? {} : { stdio: ['ignore', out, out] }),
  });
  if (log !== undefined) {
    closeSync(out);
    process.stdout.write(readFileSync(log));
  }
  count(name, record, status);
}

function count(name, record, status) {
  const lines = existsSync(record)
    ? readFileSync(record, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
  const of = (state) => lines.filter((line) => line.state === state);
  total.passed += of('passed').length;
  total.failed.push(...of('failed').map(({ title }) => `${name}: ${title}`));
  total.skipped.push(...of('skipped').map(({ title, reason }) => `${name}: ${title}: ${reason ?? 'no reason given'}`));
  const ran = lines.length - of('end').length;
  if (wasInterrupted()) total.failed.push(`${name}: interrupted`);
  else if (of('end').length === 0) total.failed.push(`${name}: the suite did not reach its end (exit status ${status})`);
  else if (status !== 0 && of('failed').length === 0) total.failed.push(`${name}: exit status ${status} though no test failed`);
  else if (ran === 0 && mochaOptions.length === 0) total.failed.push(`${name}: no test was found in the suite's files`);
}

function testFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(folder, name));
}

function freshCoverage() {
  const folder = join(root, 'coverage', 'tmp');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function heading(text) {
  console.log(`\n=== ${text}`);
}

function report() {
  const { passed, failed, skipped } = total;
  heading('result');
  for (const line of remarks) console.log(line);
  for (const line of skipped) console.log(`skipped  ${line}`);
  for (const line of failed) console.log(`FAILED   ${line}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
}
