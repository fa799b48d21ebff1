import { join } from 'node:path';

import { scratch } from './scratch.js';

/**
 * Keeps tests off what this computer remembers of its real stores: import this before anything that opens a session. `npm test` sets the
 * folder for all suites; this one is for a test file that is run by itself.
 */
process.env['TSMACHINE_STATE_DIR'] ??= join(scratch(), 'state');
