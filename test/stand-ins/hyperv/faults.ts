import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { home, replace } from '../guests/state.js';
import { change } from './state.js';
import type { Fault } from './state.js';

/** The fault that is due in a script, if any; it counts as one run of it. */
export function takeFault(script: string): Fault | undefined {
  const file = join(home, 'faults.json');
  if (!existsSync(file)) return undefined;
  return change(() => {
    const faults = JSON.parse(readFileSync(file, 'utf8')) as (Fault & { times: number })[];
    const found = faults.find(({ script: name, times }) => name === script && times > 0);
    if (found) found.times -= 1;
    replace(file, faults);
    return found;
  });
}
