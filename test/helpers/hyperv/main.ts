/**
 * A stand-in for PowerShell with Hyper-V: it takes the scripts of templates/hyperv, byte for byte, and does what their cmdlets do: keeps
 * real state below VBOX_STAND_IN and refuses what Hyper-V refuses. A started VM is a machine of systemd-nspawn (vboxmanage/guest.ts).
 */
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { change, home, replace } from '../vboxmanage/state.js';
import { Complaint } from './complaint.js';
import { perform, type Input } from './perform.js';
import type { Fault } from './state.js';

const folder = join(process.env['HYPERV_STAND_IN_ROOT'] ?? '', 'templates', 'hyperv');

try {
  const script = scriptOf(process.argv.slice(2));
  const stdin = readFileSync(0, 'utf8');
  if (!/^[ -~]*\n$/.test(stdin)) throw new Error(`standard input must be one line of ASCII: ${JSON.stringify(stdin)}`);
  const input = JSON.parse(stdin) as Input;
  appendFileSync(join(home, 'calls.log'), `${JSON.stringify({ script, input })}\n`);
  if (!fault(script)) answer({ value: await perform(script, input) ?? null });
} catch (error) {
  if (error instanceof Complaint) answer({ error: { message: error.message, id: error.id } });
  else {
    process.stderr.write(`${error instanceof Error ? error.stack ?? '' : String(error)}\n`);
    process.exitCode = 64;
  }
}

function scriptOf(args: readonly string[]): string {
  const [profile, interactive, command, text, ...rest] = args;
  if (profile !== '-NoProfile' || interactive !== '-NonInteractive' || command !== '-Command' || rest.length > 0) {
    throw new Error(`not how PowerShell is called: ${args.slice(0, 3).join(' ')}`);
  }
  const found = readdirSync(folder).find((name) => readFileSync(join(folder, name), 'utf8') === text);
  if (found === undefined) throw new Error('the script is none of templates/hyperv');
  return found.replace(/\.ps1$/, '');
}

/** As the scripts end: one line, everything but ASCII written as \uXXXX. */
function answer(value: object): void {
  const json = JSON.stringify(value).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  process.stdout.write(`${json}\r\n`);
}

function fault(script: string): boolean {
  const file = join(home, 'faults.json');
  if (!existsSync(file)) return false;
  const found = change(() => {
    const faults = JSON.parse(readFileSync(file, 'utf8')) as (Fault & { times: number })[];
    const one = faults.find(({ script: name, times }) => name === script && times > 0);
    if (one) one.times -= 1;
    replace(file, faults);
    return one;
  });
  if (!found) return false;
  if (found.instead === undefined) throw new Complaint(found.message, found.id);
  if (found.instead === 'hang') {
    setInterval(() => undefined, 60_000);
    return true;
  }
  process.stderr.write(`${found.message}\n`);
  process.exitCode = 1;
  return true;
}
