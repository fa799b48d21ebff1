'use strict';
/**
 * Mocha's `spec` reporter, which also writes one JSON line for each test into the file TSMACHINE_TEST_RECORD: `{state, title, reason?}`,
 * and `{state: 'end'}` after everything, hooks included. scripts/test.mjs adds these up; a file without that last line means a crash.
 *
 * SIGINT and SIGTERM end the running test at once and skip the rest, but every `after` hook still runs: hosts are removed.
 */
const { appendFileSync } = require('node:fs');
const Mocha = require('mocha');

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Mocha.Runner.constants;
const record = process.env.TSMACHINE_TEST_RECORD;
const lingering = 20_000;
let aborted = false;

module.exports = class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.on(EVENT_TEST_PASS, (test) => {
      write({ state: 'passed', title: test.fullTitle() });
    });
    runner.on(EVENT_TEST_FAIL, (test) => {
      write({ state: 'failed', title: test.fullTitle() });
    });
    runner.on(EVENT_TEST_PENDING, (test) => {
      write({ state: 'skipped', title: test.fullTitle(), reason: reasonOf(test) });
    });
    runner.once(EVENT_RUN_END, () => {
      write({ state: 'end' });
      setTimeout(endLingering, aborted ? 0 : lingering).unref();
    });
    for (const signal of ['SIGINT', 'SIGTERM'])
      process.on(signal, () => {
        abort(runner, signal);
      });
  }
};

function write(line) {
  if (record) appendFileSync(record, `${JSON.stringify(line)}\n`);
}

/** test/helpers/skip.ts leaves the reason on the test, or on the suite when a `before` hook skips. */
function reasonOf(test) {
  for (let at = test; at; at = at.parent) if (at.skipReason) return at.skipReason;
  return undefined;
}

function abort(runner, signal) {
  console.error(`\n${signal}: no more tests, cleaning up`);
  aborted = true;
  write({ state: 'failed', title: `interrupted by ${signal}: the tests after this one did not run` });
  runner.abort();
  const current = runner.currentRunnable;
  if (!current || /after/.test(current.title)) return;
  current.timeout(1);
  current.resetTimeout();
}

/** If something that a test opened keeps the process alive, says what it is, and fails. After an abort this is expected. */
function endLingering() {
  if (aborted) process.exit(1);
  console.error(`The tests are over but the process does not end; still open: ${process.getActiveResourcesInfo().join(', ')}`);
  write({ state: 'failed', title: 'the test process ends by itself' });
  process.exit(1);
}
